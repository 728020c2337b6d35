"""Addresses of notices."""

from django.urls import path

from apportion.apps.notice import files, views

app_name = "notice"
urlpatterns = [
    path("notices/", views.mine, name="mine"),
    path("notices/told.<str:kind>", files.told, name="told-file"),
    path("notices/test/", views.test, name="test"),
    path("notices/log/", views.log, name="log"),
    path("notices/log/messages.<str:kind>", files.messages, name="messages-file"),
    path("notices/log/<int:pk>/", views.message, name="message"),
    path("notices/log/<int:pk>/tries.<str:kind>", files.tries, name="tries-file"),
    path("notices/log/<int:pk>/resend/", views.resend, name="resend"),
    path("notices/webhooks/", views.webhooks, name="webhooks"),
    path("notices/webhooks/hooks.<str:kind>", files.endpoints, name="webhooks-file"),
    path("notices/webhooks/<slug:slug>/", views.webhook, name="webhook"),
    path("notices/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("record/feed.atom", views.feed, name="feed"),
]

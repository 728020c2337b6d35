"""Addresses of changes, notices and progress reports."""

from django.urls import path

from apportion.apps.change import views, winding_views

app_name = "change"
urlpatterns = [
    path("changes/", views.register, name="register"),
    path("changes.<str:kind>", views.register_file, name="register-file"),
    path("changes/<str:ref>/", views.show, name="show"),
    path("changes/<str:ref>/agree/", views.agree, name="agree"),
    path("changes/<str:ref>/answer/", views.answer, name="answer"),
    path("changes/<str:ref>/withdraw/", views.withdraw, name="withdraw"),
    path("changes/<str:ref>/undo/", views.undo, name="undo"),
    path("projects/<slug:slug>/change/", views.ask, name="ask"),
    path("projects/<slug:slug>/progress/", winding_views.progress, name="progress"),
    path("projects/<slug:slug>/wind-down/", winding_views.give, name="give-notice"),
    path("wind-downs/", winding_views.register, name="notices"),
    path("wind-downs.<str:kind>", winding_views.register_file, name="notices-file"),
    path("wind-downs/<str:ref>/", winding_views.show, name="notice"),
    path("wind-downs/<str:ref>/reply/", winding_views.reply, name="reply"),
    path("wind-downs/<str:ref>/confirm/", winding_views.confirm, name="confirm"),
    path("wind-downs/<str:ref>/hasten/", winding_views.hasten, name="hasten"),
    path("wind-downs/<str:ref>/withdraw/", winding_views.withdraw, name="take-back"),
]

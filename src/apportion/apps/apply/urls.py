"""Addresses of writing requests."""

from django.urls import path

from apportion.apps.apply import views

app_name = "apply"
urlpatterns = [
    path("rounds/<str:slug>/requests/new/", views.new_request, name="new"),
    path("rounds/<str:slug>/requests/check/", views.check, name="check"),
    path("requests/<str:ref>/edit/", views.edit_request, name="edit"),
    path("requests/<str:ref>/submit/", views.step, {"verb": "submit"}, name="submit"),
    path("requests/<str:ref>/reopen/", views.step, {"verb": "reopen"}, name="reopen"),
    path("requests/<str:ref>/withdraw/", views.step, {"verb": "withdraw"}, name="withdraw"),
]

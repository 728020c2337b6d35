"""Addresses of consents."""

from django.urls import path

from apportion.apps.publishing import files, views

app_name = "publishing"
urlpatterns = [
    path("mine/publishing/", views.mine, name="mine"),
    path("mine/publishing/<str:ref>/", views.say, name="say"),
    path("mine/publishing/decisions.<str:kind>", files.decisions, name="decisions-file"),
]

"""Addresses of the home page."""

from django.urls import path

from apportion.apps.inbox import files, views

app_name = "inbox"
urlpatterns = [
    path("", views.home, name="home"),
    path("find/", views.find_page, name="find"),
    path("inbox.json", views.home_json, name="json"),
    path("inbox/away/", views.away, name="away"),
    path("waiting.<str:kind>", files.waiting, name="waiting-file"),
]

"""Addresses of rounds as files."""

from django.urls import path

from apportion.apps.rounds import views

app_name = "rounds"
urlpatterns = [
    path("rounds.ics", views.calendars, name="calendars"),
    path("rounds.json", views.rounds_json, name="json"),
    path("rounds.csv", views.rounds_csv, name="csv"),
    path("rounds/<str:slug>.ics", views.calendar, name="calendar"),
]

"""Addresses of rounds as files, and of the pages that open and close them."""

from django.urls import path

from apportion.apps.rounds import planning_views, views

app_name = "rounds"
urlpatterns = [
    path("rounds.ics", views.calendars, name="calendars"),
    path("rounds.json", views.rounds_json, name="json"),
    path("rounds.csv", views.rounds_csv, name="csv"),
    path("rounds/<str:slug>.ics", views.calendar, name="calendar"),
    path("rounds-plan/", planning_views.plan, name="plan"),
    path("rounds-urgent/", planning_views.urgent, name="urgent"),
    path("rounds/<str:slug>/open/", planning_views.step, {"verb": "open"}, name="open"),
    path("rounds/<str:slug>/close/", planning_views.step, {"verb": "close"}, name="close"),
]

"""Addresses of metering."""

from django.urls import path

from apportion.apps.meter import files, views

app_name = "meter"
urlpatterns = [
    path("metering/", views.metering, name="metering"),
    path("metering/attribute", views.attribute, name="attribute"),
    path("metering/explain", views.explain, name="explain"),
    path("metering/replay", views.replay, name="replay"),
    path("admission/ask", views.ask_admission, name="ask"),
    path("metering/clusters.<str:kind>", files.clusters, name="clusters-file"),
    path("metering/suspense.<str:kind>", files.suspense, name="suspense-file"),
    path("metering/rejects.<str:kind>", files.rejects, name="rejects-file"),
    path("metering/days.<str:kind>", files.days, name="days-file"),
]

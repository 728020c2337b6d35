"""Addresses of metering."""

from django.urls import path

from apportion.apps.meter import views

app_name = "meter"
urlpatterns = [
    path("metering/", views.metering, name="metering"),
    path("metering/attribute", views.attribute, name="attribute"),
    path("metering/explain", views.explain, name="explain"),
    path("admission/ask", views.ask_admission, name="ask"),
]

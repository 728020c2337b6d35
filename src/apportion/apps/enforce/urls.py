"""Addresses of enforcement."""

from django.urls import path

from apportion.apps.enforce import views

app_name = "enforce"
urlpatterns = [
    path("enforcement/", views.limits, name="limits"),
    path("enforcement/alarms/<int:number>/", views.acknowledge, name="acknowledge"),
]

"""Addresses of metering."""

from django.urls import path

from apportion.apps.meter import views

app_name = "meter"
urlpatterns = [path("admission/ask", views.ask_admission, name="ask")]

"""Addresses of prices."""

from django.urls import path

from apportion.apps.tariffs import views

app_name = "tariffs"
urlpatterns = [path("rates/", views.rates, name="rates")]

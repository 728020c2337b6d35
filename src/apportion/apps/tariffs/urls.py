"""Addresses of prices."""

from django.urls import path

from apportion.apps.tariffs import files, views

app_name = "tariffs"
urlpatterns = [
    path("rates/", views.rates, name="rates"),
    path("rates/prices.<str:kind>", files.prices, name="prices-file"),
    path("rates/refunds.<str:kind>", files.refunds, name="refunds-file"),
    path("rates/versions.<str:kind>", files.versions, name="versions-file"),
]

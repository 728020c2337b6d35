"""Addresses of queues."""

from django.urls import path

from apportion.apps.queues import files, views

app_name = "queues"
urlpatterns = [
    path("enforcement/queues/", views.queues, name="queues"),
    path("enforcement/queues/queues.<str:kind>", files.queues, name="queues-file"),
]

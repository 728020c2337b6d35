"""Addresses of queues."""

from django.urls import path

from apportion.apps.queues import views

app_name = "queues"
urlpatterns = [path("enforcement/queues/", views.queues, name="queues")]

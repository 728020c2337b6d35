"""Addresses of what evidence says while a request is written, and of offers below a minimum."""

from django.urls import path

from apportion.apps.evidence import views

app_name = "evidence"
urlpatterns = [
    path("rounds/<str:slug>/requests/clear/", views.clear, name="clear"),
    path("requests/<str:ref>/consent/", views.answer, name="answer"),
]

"""Addresses of carrying a decision out."""

from django.urls import path

from apportion.apps.grant import views

app_name = "grant"
urlpatterns = [path("rounds/<str:slug>/slates/<int:number>/adopt/", views.adopt, name="adopt")]

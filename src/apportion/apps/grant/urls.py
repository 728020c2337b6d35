"""Addresses of carrying a decision out."""

from django.urls import path

from apportion.apps.grant import fastlane_views, files, views

app_name = "grant"
urlpatterns = [
    path("fastlane/", fastlane_views.checks, name="fastlane"),
    path("fastlane/<str:ref>/", fastlane_views.look, name="look"),
    path("rounds/<str:slug>/slates/<int:number>/adopt/", views.adopt, name="adopt"),
    path("rounds/<str:slug>/publish/", views.publish, name="publish"),
    path("rounds/<str:slug>/publish/told.<str:kind>", files.told, name="told-file"),
    path("fastlane/checks.<str:kind>", files.checks, name="checks-file"),
]

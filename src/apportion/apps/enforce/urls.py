"""Addresses of enforcement."""

from django.urls import path

from apportion.apps.enforce import files, views

app_name = "enforce"
urlpatterns = [
    path("enforcement/", views.limits, name="limits"),
    path("enforcement/projects/<str:slug>/", views.project, name="project"),
    path("enforcement/alarms/<int:number>/", views.acknowledge, name="acknowledge"),
    path("enforcement/limits.<str:kind>", files.limits, name="limits-file"),
    path("enforcement/projects/<str:slug>/limits.<str:kind>", files.one, name="project-file"),
    path("enforcement/projects/<str:slug>/found.<str:kind>", files.found_one, name="found-one"),
    path("enforcement/projects/<str:slug>/alarms.<str:kind>", files.alarms_one, name="alarms-one"),
    path("enforcement/projects/<str:slug>/levers.<str:kind>", files.levers_one, name="levers-one"),
    path("enforcement/projects/<str:slug>/orders.<str:kind>", files.orders_one, name="orders-one"),
    path("enforcement/found.<str:kind>", files.found, name="found-file"),
    path("enforcement/alarms.<str:kind>", files.alarms, name="alarms-file"),
    path("enforcement/orders.<str:kind>", files.orders, name="orders-file"),
    path("enforcement/levers.<str:kind>", files.levers, name="levers-file"),
]

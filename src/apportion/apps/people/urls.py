"""Addresses of signing in and out."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apportion.apps.people import views

app_name = "people"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="people:login"), name="logout"),
    path("demo/be/", views.become, name="become"),
]

"""Addresses of signing in and out, and of what ties people."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apportion.apps.people import ties_views, views

app_name = "people"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="people:login"), name="logout"),
    path("demo/be/", views.become, name="become"),
    path("people/", ties_views.people, name="people"),
    path("mine/ties/", ties_views.mine, name="ties"),
    path("mine/ties/work/", ties_views.work, name="work"),
]

"""Addresses of reviewing."""

from django.urls import path

from apportion.apps.review import views

app_name = "review"
urlpatterns = [
    path("mine/reviews/", views.my_reviews, name="mine"),
    path("requests/<str:ref>/opinion/", views.opinion, name="opinion"),
    path("requests/<str:ref>/conflict/", views.conflict, name="conflict"),
]

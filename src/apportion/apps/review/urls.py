"""Addresses of reviewing."""

from django.urls import path

from apportion.apps.review import panel_views, views

app_name = "review"
urlpatterns = [
    path("mine/reviews/", views.my_reviews, name="mine"),
    path("mine/expertise/", views.expertise, name="expertise"),
    path("requests/<str:ref>/opinion/", views.opinion, name="opinion"),
    path("requests/<str:ref>/opinion/draft/", views.draft, name="draft"),
    path("requests/<str:ref>/conflict/", views.conflict, name="conflict"),
    path("requests/<str:ref>/decline/", views.decline, name="decline"),
    path("requests/<str:ref>/reply/", views.reply, name="reply"),
    path("review/<str:slug>/panel/", panel_views.panel, name="panel"),
    path("review/<str:slug>/panel.json", panel_views.panel_json, name="panel-json"),
    path("review/<str:slug>/panel.csv", panel_views.panel_csv, name="panel-csv"),
    path("review/<str:slug>/assign/", panel_views.assign, name="assign"),
]

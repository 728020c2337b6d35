"""Addresses of reviewing."""

from django.urls import path

from apportion.apps.review import files, panel_views, views

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
    path("mine/reviews/reviews.<str:kind>", files.mine, name="mine-file"),
    path("review/<str:slug>/panel/judges.<str:kind>", files.judges, name="judges-file"),
    path("review/<str:slug>/panel/log.<str:kind>", files.log, name="log-file"),
    path("review/<str:slug>/panel/chair.<str:kind>", files.chair, name="chair-file"),
    path("review/<str:slug>/assign/short.<str:kind>", files.short, name="short-file"),
    path("review/<str:slug>/assign/suggested.<str:kind>", files.suggested, name="suggested-file"),
    path("review/<str:slug>/assign/conflicts.<str:kind>", files.conflicts, name="conflicts-file"),
]

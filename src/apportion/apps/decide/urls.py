"""Addresses of deciding."""

from django.urls import path

from apportion.apps.decide import views

app_name = "decide"
urlpatterns = [
    path("rounds/<str:slug>/decide/", views.board, name="board"),
    path("rounds/<str:slug>/decide/propose/", views.propose, name="propose"),
    path("rounds/<str:slug>/decide/reveal/", views.reveal, name="reveal"),
    path("rounds/<str:slug>/slates/<int:number>/", views.slate_file, name="slate"),
    path("rounds/<str:slug>/slates/<int:number>/what-if/", views.what_if, name="what_if"),
    path(
        "rounds/<str:slug>/slates/<int:number>/against/<int:other>/",
        views.compare_slates,
        name="compare",
    ),
]

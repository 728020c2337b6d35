"""Addresses for other programs."""

from django.urls import path

from apportion.apps.formats import views, watch_views

ACCOUNT = "iri/v1/account"
PROJECT = f"{ACCOUNT}/projects/<str:slug>"
ALLOCATION = f"{PROJECT}/project_allocations/<str:name>"

app_name = "formats"
urlpatterns = [
    path("healthz", watch_views.alive, name="alive"),
    path("readyz", watch_views.ready, name="ready"),
    path("metrics", watch_views.metrics, name="metrics"),
    path(f"{ACCOUNT}/whoami", views.whoami, name="whoami"),
    path(f"{ACCOUNT}/capabilities", views.capabilities, name="capabilities"),
    path(f"{ACCOUNT}/capabilities/<str:resource>", views.capability, name="capability"),
    path(f"{ACCOUNT}/projects", views.projects, name="projects"),
    path(PROJECT, views.project, name="project"),
    path(f"{PROJECT}/project_allocations", views.allocations, name="allocations"),
    path(ALLOCATION, views.allocation, name="allocation"),
    path(f"{ALLOCATION}/user_allocations", views.shares, name="shares"),
    path(f"{ALLOCATION}/user_allocations/<str:part>", views.share, name="share"),
    path("iri/v1/<path:rest>", views.nothing, name="nothing"),
]

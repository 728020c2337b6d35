"""Addresses of deciding."""

from django.urls import path

from apportion.apps.decide import files, letter_views, plan_views, views

app_name = "decide"
urlpatterns = [
    path("rounds/<str:slug>/decide/", views.board, name="board"),
    path("rounds/<str:slug>/decide/propose/", views.propose, name="propose"),
    path("rounds/<str:slug>/decide/reveal/", views.reveal, name="reveal"),
    path("rounds/<str:slug>/decide/move/", plan_views.move, name="move"),
    path("rounds/<str:slug>/decide/preview/", plan_views.preview, name="preview"),
    path("rounds/<str:slug>/decide/take-back/", plan_views.take_back, name="take_back"),
    path("rounds/<str:slug>/decide/undo/", plan_views.undo, name="undo"),
    path("rounds/<str:slug>/decide/pulse/", plan_views.pulse, name="pulse"),
    path("rounds/<str:slug>/decide/acts/", plan_views.acts, name="acts"),
    path("rounds/<str:slug>/decide/acts.<str:shape>", plan_views.acts_file, name="acts_file"),
    path("rounds/<str:slug>/slates/<int:number>/ask/", plan_views.ask, name="ask"),
    path("rounds/<str:slug>/slates/<int:number>/sign/", plan_views.sign, name="sign"),
    path("rounds/<str:slug>/slates/<int:number>/", views.slate_file, name="slate"),
    path("rounds/<str:slug>/letters/<str:ref>/", letter_views.letter, name="letter"),
    path("letters/<str:kind>/", letter_views.template, name="template"),
    path("requests/<str:ref>/outcome/", letter_views.outcome, name="outcome"),
    path(
        "rounds/<str:slug>/slates/<int:number>/against/<int:other>/",
        views.compare_slates,
        name="compare",
    ),
    path("rounds/<str:slug>/decide/board.<str:kind>", files.board, name="board-file"),
    path(
        "rounds/<str:slug>/slates/<int:number>/against/<int:other>/moved.<str:kind>",
        files.moved,
        name="moved-file",
    ),
    path(
        "rounds/<str:slug>/slates/<int:number>/against/<int:other>/treated.<str:kind>",
        files.treated,
        name="treated-file",
    ),
]

"""Addresses of directives."""

from django.urls import path

from apportion.apps.directive import drill_views, files, views

app_name = "directive"
urlpatterns = [
    path("code-red/", views.register, name="register"),
    path("code-red.json", views.register_json, name="register-json"),
    path("code-red.csv", views.register_csv, name="register-csv"),
    path("code-red-draft/", views.draft, name="draft"),
    path("code-red-drill/", drill_views.drill, name="drill"),
    path("code-red-drill.json", drill_views.drill_json, name="drill-json"),
    path("code-red-drill.csv", drill_views.drill_csv, name="drill-csv"),
    path("code-red/<str:ref>/", views.show, name="show"),
    path("code-red/<str:ref>/losers.<str:kind>", files.losers, name="losers-file"),
    path("code-red/<str:ref>/waits.<str:kind>", files.waits, name="waits-file"),
    path("code-red/<str:ref>/ways.<str:kind>", files.ways, name="ways-file"),
    path("code-red/<str:ref>/preview/", views.preview, name="preview"),
    path("code-red/<str:ref>/withdraw/", views.withdraw, name="withdraw"),
    path("code-red/<str:ref>/sign/", views.sign, name="sign"),
    path("code-red/<str:ref>/adopt/", views.adopt, name="adopt"),
    path("code-red/<str:ref>/end/", views.end, name="end"),
]

"""Addresses of appeals."""

from django.urls import path

from apportion.apps.appeal import files, views

app_name = "appeal"
urlpatterns = [
    path("appeals/", views.register, name="register"),
    path("appeals.<str:kind>", views.register_file, name="register-file"),
    path("requests/<str:ref>/appeal/", views.new, name="new"),
    path("appeals/<str:ref>/", views.show, name="show"),
    path("appeals/<str:ref>/again.<str:kind>", files.again, name="again-file"),
    path("appeals/<str:ref>/attach/", views.attach, name="attach"),
    path("appeals/<str:ref>/files/<int:number>/", views.give_file, name="file"),
    path("appeals/<str:ref>/withdraw/", views.withdraw, name="withdraw"),
    path("appeals/<str:ref>/recuse/", views.recuse, name="recuse"),
    path("appeals/<str:ref>/name/", views.name, name="name"),
    path("appeals/<str:ref>/rule/", views.rule, name="rule"),
    path("appeals/<str:ref>/sign/", views.sign, name="sign"),
    path("appeals/stats.<str:kind>", files.stats, name="stats-file"),
]

"""Addresses of the books."""

from django.urls import path

from apportion.apps.ledger import views

app_name = "ledger"
urlpatterns = [path("ledger/", views.books, name="books")]

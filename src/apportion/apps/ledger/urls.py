"""Addresses of the books."""

from django.urls import path

from apportion.apps.ledger import files, period_views, statement_views, views

app_name = "ledger"
urlpatterns = [
    path("ledger/", views.books, name="books"),
    path("ledger/accounts/<int:number>/", statement_views.account, name="account"),
    path("ledger/accounts/<int:number>.csv", statement_views.account_csv, name="account-csv"),
    path("ledger/accounts/<int:number>.json", statement_views.account_json, name="account-json"),
    path("ledger/periods/", period_views.periods, name="periods"),
    path("ledger/loans/", period_views.loans, name="loans"),
    path("ledger/accounts.<str:kind>", files.accounts, name="accounts-file"),
    path("ledger/transfers.<str:kind>", files.transfers, name="transfers-file"),
    path("ledger/loans/loans.<str:kind>", files.loans, name="loans-file"),
]

"""Names the ledger app for Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What is owed: accounts, transfers and the journal; append-only."""

    name = "apportion.apps.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

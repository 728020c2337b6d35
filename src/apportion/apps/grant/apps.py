"""Names the grant app for Django."""

from django.apps import AppConfig


class GrantConfig(AppConfig):
    """The ledger act that makes an award real."""

    name = "apportion.apps.grant"
    label = "grant"
    default_auto_field = "django.db.models.BigAutoField"

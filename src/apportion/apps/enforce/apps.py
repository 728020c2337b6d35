"""Names the enforce app for Django."""

from django.apps import AppConfig


class EnforceConfig(AppConfig):
    """Steps that make the scheduler's limits true."""

    name = "apportion.apps.enforce"
    label = "enforce"
    default_auto_field = "django.db.models.BigAutoField"

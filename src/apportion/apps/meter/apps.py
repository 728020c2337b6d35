"""Names the meter app for Django."""

from django.apps import AppConfig


class MeterConfig(AppConfig):
    """Charges from rated usage."""

    name = "apportion.apps.meter"
    label = "meter"
    default_auto_field = "django.db.models.BigAutoField"

"""Names the rounds app for Django."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """When, and under which policy version: areas, resources, rates, rounds."""

    name = "apportion.apps.rounds"
    label = "rounds"
    default_auto_field = "django.db.models.BigAutoField"

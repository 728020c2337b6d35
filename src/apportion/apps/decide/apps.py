"""Names the decide app for Django."""

from django.apps import AppConfig


class DecideConfig(AppConfig):
    """What is decided: slates, decisions and awards, each with its reasons."""

    name = "apportion.apps.decide"
    label = "decide"
    default_auto_field = "django.db.models.BigAutoField"

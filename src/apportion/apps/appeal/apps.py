"""Names the appeal app for Django."""

from django.apps import AppConfig


class AppealConfig(AppConfig):
    """Appeals of decisions, and who decides them."""

    name = "apportion.apps.appeal"
    label = "appeal"
    default_auto_field = "django.db.models.BigAutoField"

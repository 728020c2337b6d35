"""Names the change app for Django."""

from django.apps import AppConfig


class ChangeConfig(AppConfig):
    """Changes to what was granted, progress reports, and projects that are wound down."""

    name = "apportion.apps.change"
    label = "change"
    default_auto_field = "django.db.models.BigAutoField"

"""Names the formats app for Django."""

from django.apps import AppConfig


class FormatsConfig(AppConfig):
    """What other programs of a site read and write."""

    name = "apportion.apps.formats"
    label = "formats"
    default_auto_field = "django.db.models.BigAutoField"

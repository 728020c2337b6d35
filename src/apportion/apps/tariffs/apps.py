"""Names the tariffs app for Django."""

from django.apps import AppConfig


class TariffsConfig(AppConfig):
    """Dated versions of the site's prices."""

    name = "apportion.apps.tariffs"
    label = "tariffs"
    default_auto_field = "django.db.models.BigAutoField"

"""Names the door app for Django."""

from django.apps import AppConfig


class DoorConfig(AppConfig):
    """What programs may call, and the answers that were given."""

    name = "apportion.apps.door"
    label = "door"
    default_auto_field = "django.db.models.BigAutoField"

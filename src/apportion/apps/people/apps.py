"""Names the people app for Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who: persons and the roles they hold."""

    name = "apportion.apps.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

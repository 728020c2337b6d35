"""Names the inbox app for Django."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The home page: what waits for a person, from every app."""

    name = "apportion.apps.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

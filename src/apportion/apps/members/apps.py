"""Names the members app for Django."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Members of projects and their caps."""

    name = "apportion.apps.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"

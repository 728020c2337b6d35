"""Names the apply app for Django."""

from django.apps import AppConfig


class ApplyConfig(AppConfig):
    """What is asked: projects and their requests."""

    name = "apportion.apps.apply"
    label = "apply"
    default_auto_field = "django.db.models.BigAutoField"

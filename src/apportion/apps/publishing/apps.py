"""Names the publishing app for Django."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Consents to publish single decisions."""

    name = "apportion.apps.publishing"
    label = "publishing"
    default_auto_field = "django.db.models.BigAutoField"

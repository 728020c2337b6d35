"""Names the evidence app for Django."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """How much compute would settle a claim, and what became of it."""

    name = "apportion.apps.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

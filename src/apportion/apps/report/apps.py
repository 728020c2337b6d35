"""Names the report app for Django."""

from django.apps import AppConfig


class ReportConfig(AppConfig):
    """Standing, burn-down and the public record."""

    name = "apportion.apps.report"
    label = "report"
    default_auto_field = "django.db.models.BigAutoField"

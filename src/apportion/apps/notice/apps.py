"""Names the notice app for Django."""

from django.apps import AppConfig


class NoticeConfig(AppConfig):
    """Telling people what happened."""

    name = "apportion.apps.notice"
    label = "notice"
    default_auto_field = "django.db.models.BigAutoField"

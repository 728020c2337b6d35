"""Names the queues app for Django."""

from django.apps import AppConfig


class QueuesConfig(AppConfig):
    """Queues on Kubernetes, written from grants and stopped when a budget is gone."""

    name = "apportion.apps.queues"
    label = "queues"
    default_auto_field = "django.db.models.BigAutoField"

"""Names the review app for Django."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """What reviewers think: opinions and conflicts."""

    name = "apportion.apps.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

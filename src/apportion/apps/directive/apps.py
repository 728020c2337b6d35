"""Names the directive app for Django."""

from django.apps import AppConfig


class DirectiveConfig(AppConfig):
    """Directives: previewed, signed, in force for a time, paid back."""

    name = "apportion.apps.directive"
    label = "directive"
    default_auto_field = "django.db.models.BigAutoField"

"""Consents to publish single decisions, and their withdrawal."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Request


class Telling(models.Model):
    """A word of the author on one request's decision; the newest counts."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="tellings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gives = models.BooleanField(help_text="False takes an earlier consent back.")
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id}: {'may' if self.gives else 'may not'} be told"

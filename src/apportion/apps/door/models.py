"""Answers to calls that came with an Idempotency-Key."""

from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """What a person's key was answered with; without a status, the call is still at work."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of address and body.")
    claimed_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="one_answer_for_one_key")
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.person_id}: {self.status or 'at work'}"

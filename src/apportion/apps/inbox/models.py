"""What a person has put away, because reading it was all there was to do."""

from django.conf import settings
from django.db import models


class PutAway(models.Model):
    """One thing that waits no more for one person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    put_away_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="put_away_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.key}"

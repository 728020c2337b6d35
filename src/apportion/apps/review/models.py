"""Opinions and conflicts."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Request


class Opinion(models.Model):
    """One reviewer's score of one request. Units: hundredths of a point, 1 to 10 points."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="opinions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    score_hundredths = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    minimum_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The reviewer's estimate of the minimum, % of the ask."
    )
    assigned_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "reviewer"], name="one_opinion_a_reviewer"),
            models.CheckConstraint(
                condition=models.Q(score_hundredths__isnull=True)
                | models.Q(score_hundredths__gte=100, score_hundredths__lte=1000),
                name="score_on_scale",
            ),
            models.CheckConstraint(
                condition=models.Q(score_hundredths__isnull=True, written_at__isnull=True)
                | models.Q(score_hundredths__isnull=False, written_at__isnull=False),
                name="written_means_scored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.request_id}"


class Conflict(models.Model):
    """A stake that bars a person from judging a request."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="conflicts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    reason = models.CharField(max_length=200)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="one_conflict_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.request_id}: {self.reason}"

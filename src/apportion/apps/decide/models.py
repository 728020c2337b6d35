"""Slates, and the decisions and awards of the one that was adopted."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Request
from apportion.apps.rounds.models import ResourceKind, Round


class Slate(models.Model):
    """An immutable proposal of awards with reasons; at most one of a round is adopted."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="slates")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    document = models.TextField(help_text="decision.json, byte for byte.")
    sha256 = models.CharField(max_length=64)
    snapshot_sha256 = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    adopted_at = models.DateTimeField(null=True, blank=True)
    tie_reason = models.CharField(
        max_length=500, blank=True, help_text="Why these of those too close to tell, not others."
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_slate_a_number"),
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(adopted_at__isnull=False),
                name="one_adopted_slate_a_round",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}, slate {self.number}"


class Decision(models.Model):
    """The adopted outcome of one request, with why and the nearest way in."""

    class Outcome(models.TextChoices):
        """What the applicant is told."""

        FULL = "full", "Granted"
        PARTIAL = "partial", "Granted in part"
        MINIMUM = "minimum", "Granted at the minimum"
        NOT_YET = "not_yet", "Not yet"

    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="decisions")
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reasons = models.JSONField()
    reason_count = models.PositiveSmallIntegerField()
    counterfactuals = models.JSONField()
    counterfactual_count = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(  # no silent no
                condition=models.Q(outcome="full")
                | models.Q(reason_count__gte=1, counterfactual_count__gte=1),
                name="no_silent_no",
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.outcome}"


class Award(models.Model):
    """The promised amount of one resource: 0, or within [minimum, ask]. Units: base units."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="awards")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    minimum = models.BigIntegerField()
    ask = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "resource"], name="one_award_a_resource"),
            models.CheckConstraint(  # no dust
                condition=models.Q(amount=0)
                | models.Q(amount__gte=models.F("minimum"), amount__lte=models.F("ask")),
                name="no_dust",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.amount} {self.resource_id}"

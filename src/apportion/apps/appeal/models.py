"""Appeals, who decides them, what is attached, and every step."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Request
from apportion.apps.decide.models import Slate
from apportion.core.appeal.life import RULINGS, Ground, State

PERSON = settings.AUTH_USER_MODEL


class Appeal(models.Model):
    """One appeal of one decision, and the ruling. Units: extra in base units by resource."""

    class Grounds(models.TextChoices):
        """Why it is appealed, as people read it."""

        FACT = Ground.FACT.value, "A fact is wrong"
        RULE = Ground.RULE.value, "A rule was misapplied"
        CONFLICT = Ground.CONFLICT.value, "A judge had a stake"
        EVIDENCE = Ground.EVIDENCE.value, "There is new evidence"
        UNUSABLE = Ground.UNUSABLE.value, "The amount is unusable"

    class States(models.TextChoices):
        """Where it stands, as people read it."""

        FILED = State.FILED.value, "Waits for a ruling"
        PROPOSED = State.PROPOSED.value, "Ruling written, waits for signatures"
        UPHELD = State.UPHELD.value, "Upheld"
        PARTLY = State.PARTLY.value, "Upheld in part"
        DISMISSED = State.DISMISSED.value, "Dismissed"
        SENT_BACK = State.SENT_BACK.value, "Sent back"
        WITHDRAWN = State.WITHDRAWN.value, "Withdrawn"

    ref = models.CharField(max_length=80, unique=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="appeals")
    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="appeals")
    ground = models.CharField(max_length=10, choices=Grounds.choices)
    words = models.TextField()
    changed = models.JSONField(default=dict, help_text="Facts that are said to be otherwise.")
    state = models.CharField(max_length=10, choices=States.choices, default=States.FILED)
    filed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    answer_by_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True, blank=True, help_text="Told as overdue.")
    seed = models.CharField(max_length=64, help_text="By which deciders are drawn.")
    wanted = models.PositiveSmallIntegerField(help_text="How many decide.")
    ruling = models.CharField(
        max_length=10, blank=True, choices=[(verb.value, word) for verb, word in RULINGS.items()]
    )
    reasons = models.TextField(blank=True)
    ruled = models.JSONField(default=dict, help_text="Facts that the ruling takes as true.")
    share = models.CharField(max_length=60, blank=True, help_text="Of the ask, as a fraction.")
    again = models.JSONField(default=dict, help_text="What the whole round would have been.")
    over_at = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(default=dict, help_text="What it added to the award.")

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=~models.Q(state=State.WITHDRAWN.value),
                name="one_appeal_a_request",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.FILED.value, State.WITHDRAWN.value])
                | ~models.Q(reasons=""),
                name="ruling_has_reasons",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Decider(models.Model):
    """Somebody drawn, or named, to decide an appeal; who stepped down stays on record."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="deciders")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    recused_at = models.DateTimeField(null=True, blank=True)
    recused_why = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["drawn_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "person"], name="decider_once"),
            models.CheckConstraint(
                condition=models.Q(recused_at__isnull=True) | models.Q(signed_at__isnull=True),
                name="who_stepped_down_signs_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.appeal}"


class Evidence(models.Model):
    """A file beside an appeal. Units: size in bytes."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, help_text="What its bytes are, whatever it is called.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["appeal", "sha256"], name="evidence_once")]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """One step in the life of an appeal, as the journal seals it."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "number"], name="one_appeal_step_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.appeal}: {self.verb}"

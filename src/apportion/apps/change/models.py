"""Changes that people ask for, progress reports, notices of winding down, and every step of them."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Project
from apportion.apps.rounds.models import ResourceKind, Round
from apportion.core.change.asking import State, What
from apportion.core.change.winddown import Stage

PERSON = settings.AUTH_USER_MODEL


class Change(models.Model):
    """One ask after an award, and the answer. Units: amount in base units."""

    class Kinds(models.TextChoices):
        """What is asked for, as people read it."""

        SUPPLEMENT = What.SUPPLEMENT.value, "Supplement"
        EXTENSION = What.EXTENSION.value, "Extension"
        TRANSFER = What.TRANSFER.value, "Transfer"
        ADVANCE = What.ADVANCE.value, "Advance"
        RETURN = What.RETURN.value, "Return"

    class States(models.TextChoices):
        """Where it stands, as people read it."""

        ASKED = State.ASKED.value, "Waits for an answer"
        AGREED = State.AGREED.value, "Agreed, waits for an answer"
        GRANTED = State.GRANTED.value, "Granted"
        REFUSED = State.REFUSED.value, "Not this time"
        WITHDRAWN = State.WITHDRAWN.value, "Withdrawn"
        UNDONE = State.UNDONE.value, "Undone"

    ref = models.CharField(max_length=90, unique=True)
    what = models.CharField(max_length=10, choices=Kinds.choices)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="changes")
    other = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="changes_to"
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="changes")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    amount = models.BigIntegerField()
    until_at = models.DateTimeField(null=True, blank=True, help_text="New end, or payback due.")
    before_at = models.DateTimeField(null=True, blank=True, help_text="End before an extension.")
    why = models.TextField()
    state = models.CharField(max_length=10, choices=States.choices, default=States.ASKED)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True, blank=True, help_text="Told as overdue.")
    answer = models.TextField(blank=True, help_text="Why, and what would make it possible.")
    answered_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    transfer_id = models.BinaryField(max_length=16, null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="change_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(state=State.REFUSED.value) | ~models.Q(answer=""),
                name="change_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(what=What.TRANSFER.value) | models.Q(other__isnull=False),
                name="transfer_goes_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class WindDown(models.Model):
    """The end of a project: announced, answered, confirmed by a second person, carried out."""

    class Stages(models.TextChoices):
        """Where it stands, as people read it."""

        NOTICED = Stage.NOTICED.value, "Notice given"
        CONFIRMED = Stage.CONFIRMED.value, "Confirmed"
        CLOSED = Stage.CLOSED.value, "Wound down"
        WITHDRAWN = Stage.WITHDRAWN.value, "Withdrawn"

    ref = models.CharField(max_length=90, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="wind_downs")
    reason = models.TextField()
    stage = models.CharField(max_length=10, choices=Stages.choices, default=Stages.NOTICED)
    last_at = models.DateTimeField()
    noticed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    replied_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        PERSON, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True, help_text="Wound down or withdrawn.")

    class Meta:
        ordering = ["-noticed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(stage__in=[Stage.NOTICED.value, Stage.CONFIRMED.value]),
                name="one_notice_at_a_time",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="wind_down_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("noticed_by")),
                name="wind_down_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class ProgressReport(models.Model):
    """What a project says became of its credits. Units: figures in base units."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="progress")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="progress")
    number = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    done = models.TextField(help_text="What was found out, or built.")
    outcomes = models.TextField(blank=True, help_text="Papers, models, data sets; one a line.")
    next = models.TextField(blank=True, help_text="What comes next.")
    figures = models.JSONField(help_text="Granted, used and left per resource, on that day.")
    filed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "round", "number"], name="one_progress_report_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project}, report {self.number}"


class Step(models.Model):
    """One step in the life of a change or a notice, as the journal seals it."""

    ref = models.CharField(max_length=90)
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["ref", "number"], name="one_change_step_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.ref}: {self.verb}"

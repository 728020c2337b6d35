"""Grants: awards that the ledger has carried out."""

from django.db import models

from apportion.apps.apply.models import Project
from apportion.apps.decide.models import Decision
from apportion.apps.evidence.models import Experiment
from apportion.apps.rounds.models import ResourceKind, Round


class Grant(models.Model):
    """One award of one resource, in the project's account: of a staged one, what is released.

    Units: base units.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="grants")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="grants")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    amount = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    granted_at = models.DateTimeField()
    transfer_id = models.BinaryField(max_length=16, unique=True)

    class Meta:
        ordering = ["-granted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "resource"], name="one_grant_an_award"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="grant_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.amount} {self.resource_id}"


class Tranche(models.Model):
    """One part of a staged award: held in the pool, then released or returned. Units: base units."""

    class State(models.TextChoices):
        """Where the amount is."""

        HELD = "held", "Held"
        RELEASED = "released", "Released"
        RETURNED = "returned", "Returned"

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="tranches")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="tranches")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    runs = models.PositiveIntegerField(help_text="Of each arm, when it is spent.")
    hold_id = models.BinaryField(max_length=16, unique=True)
    again = models.BooleanField(default=False, help_text="Held anew after a re-estimate.")
    held_at = models.DateTimeField()
    until_at = models.DateTimeField(help_text="When what was not released returns by itself.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["number", "resource_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "resource", "number"], name="one_tranche_a_number"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="tranche_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id}, tranche {self.number}: {self.amount} {self.resource_id}"


class PilotGrant(models.Model):
    """Credits for a pilot, paid at once out of a round's reserve. Units: base units."""

    experiments = models.ManyToManyField(Experiment, related_name="pilots")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="pilots")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="pilots")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    amount = models.BigIntegerField()
    granted_at = models.DateTimeField()
    transfer_id = models.BinaryField(max_length=16, unique=True)

    class Meta:
        ordering = ["-granted_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="pilot_above_zero")
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: pilot, {self.amount} {self.resource_id}"

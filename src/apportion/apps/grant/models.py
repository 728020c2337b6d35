"""Grants: awards that the ledger has carried out."""

from django.db import models

from apportion.apps.apply.models import Project
from apportion.apps.decide.models import Decision
from apportion.apps.rounds.models import ResourceKind


class Grant(models.Model):
    """One award of one resource, in the project's account. Units: base units."""

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

"""Limits as the ledger wants them and as the scheduler said they are."""

from django.db import models

from apportion.apps.apply.models import Project
from apportion.apps.rounds.models import ResourceKind


class Limit(models.Model):
    """What a project may use of a resource on the cluster. Units: minutes of one unit."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="limits")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    generation = models.PositiveIntegerField(default=0)
    desired_minutes = models.BigIntegerField()
    read_minutes = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["project_id", "resource_id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "resource"], name="one_limit_a_resource"),
            models.CheckConstraint(
                condition=models.Q(desired_minutes__gte=0), name="limit_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.desired_minutes} min of {self.resource_id}"

    @property
    def applied(self) -> bool:
        """Says whether the scheduler itself confirmed the desired limit."""
        return self.read_minutes == self.desired_minutes

"""Caps: how much of a project's credits one of its members may use."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Project
from apportion.apps.rounds.models import ResourceKind


class Cap(models.Model):
    """A word of the lead on one member and one resource; the newest counts, none is ever changed.

    Units: base units, of all that the member's jobs ever used on the project.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="caps")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(null=True, help_text="Null lifts what was said before.")
    ends_at = models.DateTimeField(null=True, help_text="From then on there is no cap.")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["project", "member"], name="cap_project_member")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="cap_not_below_zero",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(amount__isnull=False, ends_at__gt=models.F("set_at")),
                name="cap_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        told = "no cap" if self.amount is None else f"at most {self.amount}"
        return f"{self.member} in {self.project_id}: {told} {self.resource_id}"

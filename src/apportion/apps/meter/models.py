"""Imports of accounting files, and the charges they gave."""

from django.db import models

from apportion.apps.apply.models import Project


class UsageImport(models.Model):
    """One run of the importer over one file."""

    file = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=12)
    rows = models.PositiveIntegerField()
    jobs = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    repeats = models.PositiveIntegerField()
    rejects = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-imported_at", "-id"]

    def __str__(self) -> str:
        return f"{self.file}: {self.jobs} jobs"


class Charge(models.Model):
    """Rated usage of one resource by one job. Units: unit_seconds, microcredits."""

    key = models.BinaryField(max_length=16, unique=True, help_text="The transfer id it causes.")
    source = models.ForeignKey(UsageImport, on_delete=models.PROTECT, related_name="charges")
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )
    account = models.CharField(max_length=120, help_text="The scheduler's name for who pays.")
    user = models.CharField(max_length=120, blank=True)
    job = models.CharField(max_length=120)
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20)
    resource = models.CharField(max_length=60)
    size = models.BigIntegerField()
    submitted_at = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    unit_seconds = models.BigIntegerField()
    overrun_seconds = models.BigIntegerField(default=0)
    microcredits = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-ended_at", "-id"]
        indexes = [models.Index(fields=["project", "ended_at"], name="charge_project_ended")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    unit_seconds__gte=0,
                    overrun_seconds__gte=0,
                    overrun_seconds__lte=models.F("unit_seconds"),
                ),
                name="overrun_within_usage",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.job}: {self.unit_seconds} {self.resource}"

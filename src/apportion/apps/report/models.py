"""Alerts that were raised."""

from django.db import models

from apportion.apps.apply.models import Project


class Alert(models.Model):
    """A project was told once that its credits go. Units: base units.

    Shape: it stands until `cleared_at`: more was given since, and the same may be told again.
    """

    class Kind(models.TextChoices):
        """What was noticed."""

        HALF = "50", "half of the credits are used"
        MOST = "80", "80% of the credits are used"
        LAST = "95", "95% of the credits are used"
        FORECAST = "forecast", "the credits are likely to run dry before they end"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="alerts")
    resource = models.CharField(max_length=60)
    period = models.CharField(max_length=60, blank=True, help_text="The round being spent.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    given = models.BigIntegerField()
    left = models.BigIntegerField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "resource", "period", "kind"],
                condition=models.Q(cleared_at__isnull=True),
                name="one_standing_alert_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.get_kind_display()} of {self.resource}"


class AlertPass(models.Model):
    """When forecasts were last looked at for alerts; one row."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at}"

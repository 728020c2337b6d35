"""Limits as the ledger wants them and as the scheduler said they are; its counters, watched."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Project
from apportion.apps.rounds.models import ResourceKind


class Limit(models.Model):
    """What a project may use of a resource on a cluster. Units: minutes of one unit."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="limits")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    cluster = models.CharField(max_length=60, default="")
    generation = models.PositiveIntegerField(default=0)
    desired_minutes = models.BigIntegerField()
    read_minutes = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["project_id", "resource_id", "cluster"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "resource", "cluster"], name="one_limit_a_resource"
            ),
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


class Counter(models.Model):
    """What a cluster's counter said last, and what it has forgotten. Units: minutes."""

    cluster = models.CharField(max_length=60)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="counters")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    minutes = models.BigIntegerField()
    lost_minutes = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["cluster", "project_id", "resource_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "project", "resource"], name="one_counter_a_limit"
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=0, lost_minutes__gte=0),
                name="counter_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} on {self.cluster}: {self.minutes} min"


class CounterAlarm(models.Model):
    """A counter that fell, or stayed behind the books, without us. Units: minutes."""

    class Cause(models.TextChoices):
        """How it was noticed."""

        FELL = "fell", "Counter fell"
        BEHIND = "behind", "Counter is behind the books"

    cluster = models.CharField(max_length=60)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="counter_alarms")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    cause = models.CharField(max_length=8, choices=Cause.choices)
    was_minutes = models.BigIntegerField()
    now_minutes = models.BigIntegerField()
    lost_minutes = models.BigIntegerField(help_text="In all, since the counter began.")
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-raised_at", "-id"]

    def __str__(self) -> str:
        return f"{self.project_id} on {self.cluster}: {self.cause}"


class Lever(models.Model):
    """What holds a project's submissions or lets its jobs preempt, until it is lifted."""

    class Kind(models.TextChoices):
        """What it does."""

        HOLD = "hold", "No job may be submitted"
        BOOST = "boost", "Its jobs preempt"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="levers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.CharField(max_length=80, help_text="The directive or the alarm behind it.")
    reason = models.CharField(max_length=200)
    since_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["project_id", "kind", "source"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "source"], name="one_lever_a_source")
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.kind} for {self.source}"


class ClusterState(models.Model):
    """What is known of a cluster: the newest order to it, and what the newest look found.

    Shape: found is a JSON list of subject, what and mend.
    """

    name = models.CharField(max_length=60, unique=True)
    generation = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)
    matches = models.BooleanField(default=False)
    error = models.TextField(blank=True, help_text="Why nothing could be read.")
    found = models.JSONField(default=list)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """One batch of orders to a cluster: who gave it, what it was to do and what came of it.

    Shape: steps is a JSON list of verb, account, reason; failures of account and words.
    """

    cluster = models.CharField(max_length=60)
    generation = models.PositiveIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    steps = models.JSONField(default=list)
    failures = models.JSONField(default=list)
    in_force_at = models.DateTimeField(null=True, blank=True, help_text="Read back as ordered.")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "generation"], name="one_order_a_generation")
        ]

    def __str__(self) -> str:
        return f"order {self.generation} to {self.cluster}"

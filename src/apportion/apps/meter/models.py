"""Accounting as it was read, the charges it gave, and how far each cluster's is read."""

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
    imported_by = models.CharField(max_length=150, blank=True, help_text="Empty is the office.")
    cluster = models.CharField(max_length=60, blank=True, help_text="Whom a sync asked.")

    class Meta:
        ordering = ["-imported_at", "-id"]

    def __str__(self) -> str:
        return f"{self.file}: {self.jobs} jobs"


class Charge(models.Model):
    """Rated usage of one resource by one job. Units: unit_seconds, microcredits."""

    key = models.BinaryField(max_length=16, unique=True, help_text="The transfer id it causes.")
    source = models.ForeignKey(UsageImport, on_delete=models.PROTECT, related_name="charges")
    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="charges",
        db_index=False,  # charge_project_ended begins with it
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
    refunded_seconds = models.BigIntegerField(default=0, help_text="Given back by the policy.")
    is_open = models.BooleanField(default=False, help_text="The job ran on when it was charged.")

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


class Collector(models.Model):
    """How far the accounting of one cluster has been read. One row a cluster."""

    cluster = models.CharField(max_length=60, unique=True)
    covered_until = models.DateTimeField(help_text="All that ended before was asked for.")
    overlap_seconds = models.PositiveIntegerField(help_text="How far back each sync reads again.")
    synced_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=400, blank=True, help_text="Why the last sync stopped.")

    class Meta:
        ordering = ["cluster"]

    def __str__(self) -> str:
        return f"{self.cluster} until {self.covered_until:%Y-%m-%d %H:%M}"


class Reject(models.Model):
    """A row of accounting that could not be taken, kept word for word so that it can be replayed."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "Open"
        BOOKED = "booked", "Booked after a mend"
        GONE = "gone", "The scheduler no longer says it"

    cluster = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the row.")
    text = models.TextField()
    field = models.CharField(max_length=60, blank=True)
    what = models.CharField(max_length=300)
    starts_at = models.DateTimeField(help_text="Of the window in which it was seen.")
    ends_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "digest"], name="one_reject_a_row")
        ]

    def __str__(self) -> str:
        return f"{self.cluster}: {self.what}"


class PayingProject(models.Model):
    """Whose credits answer for an account that is not named like a project."""

    account = models.CharField(max_length=120, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    attributed_at = models.DateTimeField()
    attributed_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["account"]

    def __str__(self) -> str:
        return f"{self.account} is {self.project_id}"


class DayTotal(models.Model):
    """What was posted and what the scheduler says of one account on one UTC day. Units: seconds."""

    cluster = models.CharField(max_length=60)
    day = models.DateField()
    account = models.CharField(max_length=120)
    resource = models.CharField(max_length=60)
    posted = models.BigIntegerField()
    scheduler = models.BigIntegerField()
    checked_at = models.DateTimeField()
    reason = models.CharField(max_length=280, blank=True, help_text="Explains the difference.")
    explained_difference = models.BigIntegerField(default=0)
    explained_by = models.CharField(max_length=150, blank=True)
    explained_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "cluster", "account", "resource"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "day", "account", "resource"], name="one_total_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cluster} {self.day} {self.account}: {self.difference}"

    @property
    def difference(self) -> int:
        """What the scheduler says beyond what was posted."""
        return self.scheduler - self.posted

    @property
    def in_suspense(self) -> bool:
        """Says whether a difference waits for an explanation."""
        return self.difference != self.explained_difference


class JobHold(models.Model):
    """What is held of a project's credits for a job that was admitted, waits or runs."""

    cluster = models.CharField(max_length=60)
    job = models.CharField(max_length=120, help_text="Or the ticket under which it was admitted.")
    owner = models.CharField(max_length=120, help_text="The project whose credits are held.")
    resource = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    hold_id = models.BinaryField(max_length=16, unique=True)
    placed_at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        ordering = ["cluster", "job", "resource"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "job", "resource"], name="one_hold_a_job")
        ]

    def __str__(self) -> str:
        return f"{self.cluster} {self.job}: {self.amount} {self.resource}"

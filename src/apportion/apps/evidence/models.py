"""Experiments: a claim fixed before its pilot, its runs, estimates and looks, and each step taken."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Project, Request


class Experiment(models.Model):
    """One claim of a project, from the idea to its verdict."""

    class Stage(models.TextChoices):
        """Where it stands; core/evidence/stages.py says what leads where."""

        IDEA = "idea", "Idea"
        PILOT = "pilot", "Pilot"
        EVIDENCE = "evidence", "Evidence"
        ESTIMATE = "estimate", "Estimate"
        DECISION = "decision", "Decision"
        TRANCHE_1 = "tranche_1", "First tranche"
        TRANCHE_2 = "tranche_2", "Second tranche"
        TRANCHE_3 = "tranche_3", "Third tranche"
        VALIDATED = "validated", "Validated"
        REFUTED = "refuted", "Refuted"
        INCONCLUSIVE = "inconclusive", "Inconclusive"
        STOPPED_EARLY = "stopped_early", "Stopped early"

    slug = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=160)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="experiments")
    request = models.OneToOneField(
        Request, null=True, blank=True, on_delete=models.PROTECT, related_name="experiment"
    )
    claim_toml = models.TextField(help_text="claim.toml as it was registered, byte for byte.")
    sha256 = models.CharField(max_length=64)
    metric = models.CharField(max_length=120)
    unit = models.CharField(max_length=120)
    stage = models.CharField(max_length=14, choices=Stage.choices, default=Stage.IDEA)
    plan = models.JSONField(default=list, help_text="Runs of each arm at each look, rising.")
    power = models.FloatField(null=True, help_text="Of the award, when it was adopted.")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One step of an experiment; its record is sealed in the journal, byte for byte."""

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=20)
    before = models.CharField(max_length=14, blank=True)
    after = models.CharField(max_length=14)
    record = models.TextField()
    seq = models.BigIntegerField(help_text="Where the journal holds it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "number"], name="one_step_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id}/{self.number}: {self.verb}"


class ReportedRun(models.Model):
    """One run: what its job used, from the meter, and what it showed. Units: used in base units."""

    class Part(models.TextChoices):
        """What the run was for."""

        PILOT = "pilot", "Pilot"
        AWARD = "award", "Award"

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="runs")
    part = models.CharField(max_length=6, choices=Part.choices)
    job = models.CharField(max_length=120)
    arm = models.CharField(max_length=120)
    seed = models.BigIntegerField()
    value = models.FloatField()
    unit = models.CharField(max_length=120)
    used = models.JSONField()
    microcredits = models.BigIntegerField(default=0)
    sizes = models.JSONField(default=dict)
    recipe = models.CharField(max_length=120, blank=True)
    evidence = models.CharField(max_length=120, blank=True)
    registered = models.BooleanField(help_text="The job was submitted after the registration.")
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "job"], name="one_report_a_job")
        ]

    def __str__(self) -> str:
        return f"{self.job}: {self.arm}, seed {self.seed}"


class KeptEstimate(models.Model):
    """What would settle the claim, as it was told. Units: microcredits; per_run in base units."""

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="estimates")
    number = models.PositiveIntegerField()
    facts = models.JSONField(
        help_text="The whole estimate, as `evidence estimate --json` gives it."
    )
    verdict = models.CharField(max_length=20)
    assured = models.PositiveIntegerField(default=0, help_text="Runs of each arm.")
    spread = models.FloatField(null=True)
    per_run = models.JSONField(default=dict, help_text="What one run of each arm uses.")
    microcredits = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "number"], name="one_estimate_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id}/{self.number}: {self.verdict}"


class KeptLook(models.Model):
    """What one look saw. Units: difference, low and high in the metric's units."""

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="looks")
    number = models.PositiveIntegerField()
    runs = models.PositiveIntegerField()
    difference = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    z = models.FloatField()
    boundary = models.FloatField()
    ending = models.CharField(max_length=14)
    looked_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "number"], name="one_look_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id}, look {self.number}: {self.ending}"


class Consent(models.Model):
    """An offer of less than the minimum, and the applicant's answer. Units: base units."""

    class Answer(models.TextChoices):
        """What the applicant says."""

        OPEN = "open", "Not answered"
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="consents")
    resource = models.CharField(max_length=60)
    before = models.BigIntegerField(help_text="The minimum that was filed.")
    offered = models.BigIntegerField()
    why = models.CharField(max_length=500)
    still_shows = models.CharField(max_length=500, help_text="What the offer can still show.")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    offered_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.OPEN)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["offered_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offered__gt=0, offered__lt=models.F("before")),
                name="offer_below_minimum",
            ),
            models.UniqueConstraint(
                fields=["request", "resource"],
                condition=models.Q(answer="open"),
                name="one_open_offer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.offered} instead of {self.before} {self.resource}"

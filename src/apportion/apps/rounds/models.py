"""Areas, resources, rates, rounds and their policy versions."""

from django.conf import settings
from django.db import models


class ResourceKind(models.Model):
    """A meterable kind, such as gpu:h100, counted in seconds of one unit."""

    class Unit(models.TextChoices):
        """The unit in which people read it."""

        HOUR = "hour", "hour"
        WEEK = "week", "week"
        ITEM = "item", "item"

    code = models.CharField(max_length=60, unique=True)
    unit = models.CharField(max_length=8, choices=Unit.choices, default=Unit.HOUR)

    def __str__(self) -> str:
        return self.code


class Rate(models.Model):
    """The price of a resource from an instant on. Units: microcredits a display unit."""

    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT, related_name="rates")
    microcredits_per_unit = models.BigIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "starts_at"], name="one_rate_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(microcredits_per_unit__gte=0), name="rate_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} from {self.starts_at:%Y-%m-%d}"


class Area(models.Model):
    """A node of the research tree."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0, help_text="Fixes order and colour.")
    flagship = models.BooleanField(default=False, help_text="Not counted as research elsewhere.")

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name


class Round(models.Model):
    """One call for requests; urgent work is a round of one."""

    class Kind(models.TextChoices):
        """How the round takes requests."""

        DATED = "dated", "Until a day"
        ROLLING = "rolling", "Rolling, with cut-offs"
        URGENT = "urgent", "Urgent, of one request"
        FAST = "fast", "Small asks, granted at once"

    class State(models.TextChoices):
        """Where the round stands."""

        PLANNED = "planned", "Planned"
        OPEN = "open", "Open for requests"
        REVIEW = "review", "In review"
        DECIDED = "decided", "Decided"
        CLOSED = "closed", "Closed"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.DATED)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="The round before it in rolling intake, or the one whose fast lane it is.",
    )
    opens_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    requests_close_at = models.DateTimeField()
    reviews_due_at = models.DateTimeField()
    decision_at = models.DateTimeField()
    appeals_until_at = models.DateTimeField()
    credits_start_at = models.DateTimeField()
    credits_end_at = models.DateTimeField()

    class Meta:
        ordering = ["-credits_start_at", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(credits_end_at__gt=models.F("credits_start_at")),
                name="credits_end_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """The rules of a round as its round.toml, whole; a new version is a new row."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    toml = models.TextField()
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="one_policy_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.round}, policy {self.version}"


class SeedCommitment(models.Model):
    """A promise of the seed by which a round draws its lots: the hash first, the seed later."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="seed_commitment")
    sha256 = models.CharField(max_length=64)
    committed_at = models.DateTimeField()
    seed = models.CharField(max_length=200, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seed="", revealed_at__isnull=True)
                | (~models.Q(seed="") & models.Q(revealed_at__isnull=False)),
                name="revealed_means_told",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round}, {'revealed' if self.seed else 'sealed'}"

"""Projects and the requests that they file."""

from django.conf import settings
from django.db import models

from apportion.apps.rounds.models import Area, ResourceKind, Round


class Project(models.Model):
    """A line of work with its own accounts."""

    slug = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=160)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="projects")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "slug"]

    def __str__(self) -> str:
        return self.title


class Member(models.Model):
    """A person who works on a project besides its lead."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.project}"


class Request(models.Model):
    """What a project asks of a round."""

    class Kind(models.TextChoices):
        """What is asked: something new, or more of what there is."""

        NEW = "new", "New"
        RENEWAL = "renewal", "Renewal"
        SUPPLEMENT = "supplement", "Supplement"
        EXTENSION = "extension", "Extension"
        ADVANCE = "advance", "Advance"
        TRANSFER = "transfer", "Transfer"

    class State(models.TextChoices):
        """Where the request stands."""

        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        WITHDRAWN = "withdrawn", "Withdrawn"
        DECIDED = "decided", "Decided"

    ref = models.CharField(max_length=60, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="requests")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="requests")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.NEW)
    question = models.TextField(help_text="What will you find out?")
    if_minimum = models.TextField(
        blank=True, help_text="If you only get the minimum, what do you drop?"
    )
    groups = models.CharField(max_length=200, blank=True, help_text="Group ids joined by ;")
    either_or = models.CharField(max_length=60, blank=True)
    requires = models.ManyToManyField("self", symmetrical=False, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="Number of the version in force.")
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["ref"]
        indexes = [models.Index(fields=["round", "state"], name="request_round_state")]

    def __str__(self) -> str:
        return f"{self.ref}: {self.title}"


class RequestAmount(models.Model):
    """The minimum and the ask of one resource. Units: base units."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="amounts")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    minimum = models.BigIntegerField()
    ask = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "resource"], name="one_amount_a_resource"),
            models.CheckConstraint(
                condition=models.Q(minimum__gt=0, minimum__lte=models.F("ask")),
                name="minimum_within_ask",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.minimum} to {self.ask} {self.resource_id}"


class CoAuthor(models.Model):
    """A person who writes a request besides its author, and who asked them to read it."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="co_authors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(
        max_length=280, blank=True, help_text="What they are asked to look at."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="co_author_once"),
            models.CheckConstraint(
                condition=models.Q(asked_by__isnull=True, asked_at__isnull=True)
                | models.Q(asked_by__isnull=False, asked_at__isnull=False),
                name="asked_by_somebody_some_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.request_id}"


class Version(models.Model):
    """What a request said at one save, field by field, as it was typed; never changed, never lost."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    set_aside = models.BooleanField(
        default=False, help_text="Written at once with another version, which stands instead."
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}, version {self.number}"


class RequestStep(models.Model):
    """Who did what to a request, and when."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.verb}"


class Attachment(models.Model):
    """A file beside a request; its bytes stand in the books' own database. Units: size in bytes."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, help_text="What its bytes are, whatever it is called.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["request", "sha256"], name="attached_once")]

    def __str__(self) -> str:
        return self.name


class ReportDue(models.Model):
    """A progress report that a project owes, or owed and handed in."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reports_due")
    due_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "due_at"], name="one_report_a_day_due")
        ]

    def __str__(self) -> str:
        return f"{self.project_id}, due {self.due_at:%Y-%m-%d}"


class FastCheck(models.Model):
    """A fast-lane award that the draw chose to be looked at afterwards."""

    class Finding(models.TextChoices):
        """What the check found."""

        OPEN = "open", "Waits"
        FINE = "fine", "Rightly granted"
        WRONG = "wrong", "Should have been reviewed"

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="fast_check")
    seed = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()
    finding = models.CharField(max_length=8, choices=Finding.choices, default=Finding.OPEN)
    note = models.CharField(max_length=400, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["drawn_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finding="open", checked_by__isnull=True)
                | (~models.Q(finding="open") & models.Q(checked_by__isnull=False)),
                name="found_means_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.finding}"

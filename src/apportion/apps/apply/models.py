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
    question = models.CharField(max_length=280, help_text="What will you find out?")
    if_minimum = models.CharField(
        max_length=400, blank=True, help_text="If you only get the minimum, what do you drop?"
    )
    groups = models.CharField(max_length=200, blank=True, help_text="Group ids joined by ;")
    either_or = models.CharField(max_length=60, blank=True)
    requires = models.ManyToManyField("self", symmetrical=False, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

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

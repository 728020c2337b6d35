"""Slates with the board's work on them, and the decisions and awards of the one that was adopted."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Request
from apportion.apps.rounds.models import ResourceKind, Round


class Slate(models.Model):
    """An immutable proposal of awards with reasons; at most one of a round is adopted."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="slates")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    made_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="made_into",
        help_text="The slate that the board moved by hand to come to this one.",
    )
    document = models.TextField(help_text="decision.json, byte for byte.")
    sha256 = models.CharField(max_length=64)
    snapshot_sha256 = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    adopted_at = models.DateTimeField(null=True, blank=True)
    tie_reason = models.CharField(
        max_length=500, blank=True, help_text="Why these of those too close to tell, not others."
    )
    unexplained = models.PositiveIntegerField(
        default=0, help_text="Denials and cuts without a reason or a way in."
    )
    given = models.JSONField(default=dict, help_text="What it awards: base units by resource.")
    publish_at = models.DateTimeField(
        null=True, blank=True, help_text="When what was adopted is told; until then it is held."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_slate_a_number"),
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(adopted_at__isnull=False, superseded_at__isnull=True),
                name="one_adopted_slate_a_round",
            ),
            models.CheckConstraint(  # no silent no, not even in a proposal
                condition=models.Q(unexplained=0), name="slate_explains_every_no"
            ),
            models.CheckConstraint(
                condition=models.Q(adopted_at__isnull=False)
                | models.Q(published_at__isnull=True, publish_at__isnull=True),
                name="published_means_adopted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}, slate {self.number}"


class Plan(models.Model):
    """The slate that the board of a round works on now; every edit puts another in its place."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="plan")
    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.round}: slate {self.slate_id}"


class Edit(models.Model):
    """One act of the board on its plan: who did what when, and which slate it led to."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="edits")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    before = models.ForeignKey(Slate, null=True, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Slate, null=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=200, blank=True, help_text="What was moved, in words.")
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_edit_a_number"),
            models.CheckConstraint(
                condition=~models.Q(verb="move") | ~models.Q(why=""), name="moved_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}, {self.number}: {self.verb}"


class Seat(models.Model):
    """When somebody last had the board of a round open."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="one_seat_each")]

    def __str__(self) -> str:
        return f"{self.person} at {self.round}"


class Signature(models.Model):
    """A board member's name under a slate: asked for, given, or asked of somebody else since."""

    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["slate", "person"], name="one_name_under_a_slate"),
            models.CheckConstraint(  # what was signed stays signed
                condition=models.Q(signed_at__isnull=True) | models.Q(released_at__isnull=True),
                name="signed_is_not_released",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True) | ~models.Q(released_why=""),
                name="released_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} under {self.slate}"


class HeldBack(models.Model):
    """One adopted outcome that is told later than the others, with why and until when."""

    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="held_back")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="held_back")
    reason = models.CharField(max_length=500)
    until_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["until_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["slate", "request"], name="held_back_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="held_back_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} until {self.until_at:%Y-%m-%d}"


class Decision(models.Model):
    """The adopted outcome of one request, with why and the nearest way in."""

    class Outcome(models.TextChoices):
        """What the applicant is told."""

        FULL = "full", "Granted"
        PARTIAL = "partial", "Granted in part"
        MINIMUM = "minimum", "Granted at the minimum"
        NOT_YET = "not_yet", "Not yet"

    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="decisions")
    published_at = models.DateTimeField(null=True)
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reasons = models.JSONField()
    reason_count = models.PositiveSmallIntegerField()
    counterfactuals = models.JSONField()
    counterfactual_count = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(  # no silent no
                condition=models.Q(outcome="full")
                | models.Q(reason_count__gte=1, counterfactual_count__gte=1),
                name="no_silent_no",
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.outcome}"


class Award(models.Model):
    """The promised amount of one resource: 0, or within [minimum, ask]. Units: base units."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="awards")
    resource = models.ForeignKey(ResourceKind, on_delete=models.PROTECT)
    minimum = models.BigIntegerField()
    ask = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "resource"], name="one_award_a_resource"),
            models.CheckConstraint(  # no dust
                condition=models.Q(amount=0)
                | models.Q(amount__gte=models.F("minimum"), amount__lte=models.F("ask")),
                name="no_dust",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.amount} {self.resource_id}"


class FormerDecision(models.Model):
    """A decision as it stood before another slate took its place; nothing of it is lost."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="former_decisions")
    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Decision.Outcome.choices)
    reasons = models.JSONField()
    counterfactuals = models.JSONField()
    amounts = models.JSONField(help_text="Base units by resource.")
    published_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField()
    superseded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    why = models.CharField(max_length=500)

    class Meta:
        ordering = ["-superseded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "slate"], name="former_once_a_slate"),
            models.CheckConstraint(condition=~models.Q(why=""), name="superseded_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.outcome}, until {self.superseded_at:%Y-%m-%d}"


class LetterTemplate(models.Model):
    """One version of the site's words for one kind of letter; the newest is used."""

    kind = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_template_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind}, version {self.version}"


class Letter(models.Model):
    """A letter as it was written to one person; a later edit of the template leaves it alone."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="letters")
    slate = models.ForeignKey(Slate, on_delete=models.PROTECT, related_name="letters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When it left the outbox.")

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "slate", "person"], name="one_letter_a_decision_and_person"
            )
        ]
        indexes = [
            models.Index(
                fields=["written_at"],
                condition=models.Q(sent_at__isnull=True),
                name="letters_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person}"

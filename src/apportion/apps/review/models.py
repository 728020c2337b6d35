"""Opinions and what surrounds them: expertise, suggestions, conflicts, replies, what happened."""

from django.conf import settings
from django.db import models

from apportion.apps.apply.models import Request
from apportion.apps.rounds.models import Area, Round


class Expertise(models.Model):
    """What a reviewer knows about, in the reviewer's own words, and how much they can read."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="expertise"
    )
    keywords = models.TextField(blank=True)
    areas = models.ManyToManyField(Area, blank=True)
    most = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Requests of one round at most; empty: as its policy says."
    )

    def __str__(self) -> str:
        return f"{self.person}: {self.keywords[:60]}"


class Suggestion(models.Model):
    """A request that a reviewer would be asked to read, until the chair sends or drops it."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="suggestions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    fit = models.PositiveSmallIntegerField(help_text="In thousandths.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    suggested_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "reviewer"], name="one_suggestion_a_pair")
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} for {self.request_id}"


class Opinion(models.Model):
    """One reviewer's score of one request. Units: hundredths of a point, 1 to 10 points."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="opinions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    score_hundredths = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    minimum_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The reviewer's estimate of the minimum, % of the ask."
    )
    marks = models.JSONField(default=dict, blank=True, help_text="Per criterion of the rubric.")
    assigned_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, blank=True)
    draft = models.JSONField(null=True, blank=True, help_text="As typed, until it is given.")
    draft_version = models.PositiveIntegerField(default=0)
    draft_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=200, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "reviewer"], name="one_opinion_a_reviewer"),
            models.CheckConstraint(
                condition=models.Q(score_hundredths__isnull=True)
                | models.Q(score_hundredths__gte=100, score_hundredths__lte=1000),
                name="score_on_scale",
            ),
            models.CheckConstraint(
                condition=models.Q(score_hundredths__isnull=True, written_at__isnull=True)
                | models.Q(score_hundredths__isnull=False, written_at__isnull=False),
                name="written_means_scored",
            ),
            models.CheckConstraint(
                condition=models.Q(set_aside_at__isnull=True) | ~models.Q(set_aside_why=""),
                name="set_aside_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.request_id}"


class Conflict(models.Model):
    """A stake that bars a person from judging a request."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="conflicts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    reason = models.CharField(max_length=200)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="one_conflict_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.request_id}: {self.reason}"


class Reply(models.Model):
    """What an applicant says to the opinions, once, before the decision."""

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="reply")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Reply on {self.request_id}"


class Happening(models.Model):
    """What was done about reviews: by whom, to whom, when. Nothing here is changed or deleted."""

    class Kind(models.TextChoices):
        """What it was."""

        ASKED = "asked", "Asked"
        REMINDED = "reminded", "Reminded"
        ESCALATED = "escalated", "Overdue: the chair is told"
        DECLINED = "declined", "Declined"
        SET_ASIDE = "set_aside", "Set aside"
        WRITTEN = "written", "Given"
        AMENDED = "amended", "Amended"
        REPLIED = "replied", "Replied"
        SHORT = "short", "Nobody can be found"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="review_happenings")
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="happenings")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    mark = models.SmallIntegerField(default=0, help_text="Days; tells one reminder from another.")
    words = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person", "kind", "mark"],
                condition=models.Q(kind__in=["reminded", "escalated"]),
                name="chased_once_a_mark",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id} {self.at:%Y-%m-%d %H:%M}"

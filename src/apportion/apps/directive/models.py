"""Directives with their previews, signatures, loans and steps."""

from django.conf import settings
from django.db import models

from apportion.core.directive.terms import State


class Directive(models.Model):
    """One code red: its terms as directive.toml, whole, and where it stands."""

    class States(models.TextChoices):
        """Where a directive stands, as people read it."""

        DRAFT = State.DRAFT.value, "Draft"
        PREVIEWED = State.PREVIEWED.value, "Previewed"
        SIGNED = State.SIGNED.value, "Signed"
        IN_FORCE = State.IN_FORCE.value, "In force"
        EXPIRED = State.EXPIRED.value, "Expired, owing"
        ENDED = State.ENDED.value, "Ended early, owing"
        PAID_BACK = State.PAID_BACK.value, "Kept"
        BROKEN = State.BROKEN.value, "Broken"
        PAID_LATE = State.PAID_LATE.value, "Broken, paid late"
        WITHDRAWN = State.WITHDRAWN.value, "Withdrawn"

    ref = models.CharField(max_length=40, unique=True)
    purpose = models.CharField(max_length=200)
    target = models.CharField(max_length=120, help_text="The area or project that borrows.")
    toml = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=States.choices, default=States.DRAFT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    payback_by = models.DateTimeField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    drafted_at = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True, help_text="Expired or ended early.")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="All of it came back.")
    missed_at = models.DateTimeField(null=True, blank=True, help_text="Payback fell due unpaid.")

    class Meta:
        ordering = ["-drafted_at", "ref"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="directive_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(payback_by__gt=models.F("ends_at")),
                name="directive_paid_back_after_end",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Preview(models.Model):
    """What a directive would do, byte for byte as signers read it."""

    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="previews")
    number = models.PositiveIntegerField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_from = models.CharField(max_length=64, help_text="Hash of the books' facts.")
    signers = models.PositiveSmallIntegerField(help_text="How many the policy asks for.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["directive", "number"], name="one_preview_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.directive}, preview {self.number}"


class Signature(models.Model):
    """Somebody who read a preview and signed it."""

    preview = models.ForeignKey(Preview, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["preview", "person"], name="one_signature_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.preview}"


class Lent(models.Model):
    """A loan that a directive made. Units: base units; the premium comes on top of the loan."""

    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="loans")
    loan_ref = models.CharField(max_length=60, unique=True)
    premium = models.BigIntegerField(default=0)
    premium_paid = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(premium_paid__gte=0, premium_paid__lte=models.F("premium")),
                name="premium_within_terms",
            )
        ]

    def __str__(self) -> str:
        return self.loan_ref


class Step(models.Model):
    """One step of a directive's life, as the journal seals it."""

    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "number"], name="one_directive_step_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.directive}: {self.verb}"

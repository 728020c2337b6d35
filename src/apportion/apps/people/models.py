"""Persons, roles, and what ties persons to each other."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Person(AbstractUser):
    """Somebody who can sign in."""

    name = models.CharField(max_length=120, help_text="As colleagues know them.")
    manager = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    external_id = models.CharField(
        max_length=300,
        blank=True,
        help_text="Issuer and subject by which the directory knows them.",
    )
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~models.Q(external_id=""), name="one_subject_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username


class Role(models.Model):
    """A hat that a person wears; nobody may do anything without one."""

    class Kind(models.TextChoices):
        """What the office knows people as."""

        RESEARCHER = "researcher", "Researcher"
        REVIEWER = "reviewer", "Reviewer"
        BOARD = "board", "Board member"
        OPERATOR = "operator", "Operator"
        AUDITOR = "auditor", "Auditor"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    round_slug = models.CharField(max_length=120, blank=True, help_text="Empty: in every round.")
    area_slug = models.CharField(max_length=120, blank=True, help_text="Empty: in every area.")
    from_directory = models.BooleanField(
        default=False, help_text="Given by a group of the directory, and taken with it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "round_slug", "area_slug"], name="one_role_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.kind}"


class GroupRole(models.Model):
    """A group of the directory whose members hold a role here."""

    group = models.CharField(max_length=191)
    kind = models.CharField(max_length=20, choices=Role.Kind.choices)

    class Meta:
        ordering = ["group", "kind"]
        constraints = [models.UniqueConstraint(fields=["group", "kind"], name="one_mapping_once")]

    def __str__(self) -> str:
        return f"{self.group} gives {self.kind}"


class Delegation(models.Model):
    """Somebody lends their roles to another, from one instant to another."""

    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_taken")
    why = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="delegation_has_an_end"
            ),
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("taker")), name="delegation_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.taker} for {self.giver} until {self.ends_at:%Y-%m-%d}"


class Team(models.Model):
    """People who work side by side; whether that keeps them from judging each other is its own."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    is_conflict = models.BooleanField(
        default=True, help_text="Members do not judge each other's requests."
    )
    members = models.ManyToManyField(Person, related_name="teams", blank=True)

    class Meta:
        ordering = ["name", "slug"]

    def __str__(self) -> str:
        return self.name


class Coauthorship(models.Model):
    """Two people who wrote something together; the one with the smaller number is the first."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second", "year", "title"], name="one_work_together_once"
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="coauthors_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}, {self.year}"


class Declaration(models.Model):
    """What a person says of being close to another: kin, adviser, a company held together."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="declarations")
    about = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ground = models.CharField(max_length=200)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "about"], name="one_declaration_about_one"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("about")), name="declared_about_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} about {self.about}: {self.ground}"


class Act(models.Model):
    """What somebody did to accounts, roles and tokens; written once, changed never."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Null: the office."
    )
    on_behalf_of = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="acts_about"
    )
    verb = models.CharField(max_length=40)
    words = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}: {self.words}"


class Token(models.Model):
    """A key with which a program acts for a person; only the hash of its secret is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, help_text="What it is for.")
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.CharField(max_length=1000)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="token_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

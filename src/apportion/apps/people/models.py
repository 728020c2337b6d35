"""Persons and roles."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Person(AbstractUser):
    """Somebody who can sign in."""

    name = models.CharField(max_length=120, help_text="As colleagues know them.")

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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_role_once")]

    def __str__(self) -> str:
        return f"{self.person} as {self.kind}"

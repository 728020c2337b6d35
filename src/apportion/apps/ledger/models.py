"""A thin face on the books: accounts, transfers, journal leaves and the tip."""

from django.db import models


class Account(models.Model):
    """Counts one unit for one owner. Units: base units of its resource."""

    class Kind(models.TextChoices):
        """What an account stands for."""

        ISSUED = "issued", "Issued"
        POOL = "pool", "Pool"
        PROJECT = "project", "Project"
        CONSUMED = "consumed", "Consumed"
        OVERRUN = "overrun", "Overrun"
        SUSPENSE = "suspense", "Suspense"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    owner = models.CharField(max_length=120)
    unit = models.CharField(max_length=60)
    floor = models.BigIntegerField(null=True, help_text="Smallest balance allowed; null is none.")
    debits = models.BigIntegerField(default=0)
    credits = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["unit", "kind", "owner"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner", "unit"], name="one_account_an_owner"),
            models.CheckConstraint(
                condition=models.Q(floor__isnull=True)
                | models.Q(credits__gte=models.F("debits") + models.F("floor")),
                name="balance_not_below_floor",
            ),
            models.CheckConstraint(
                condition=models.Q(debits__gte=0, credits__gte=0), name="counters_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner}:{self.unit}"

    @property
    def balance(self) -> int:
        """Credits less debits."""
        return self.credits - self.debits


class Transfer(models.Model):
    """One amount from one account to another; never changed, never deleted."""

    seq = models.BigIntegerField(primary_key=True)
    transfer_id = models.BinaryField(max_length=16, unique=True)
    group = models.CharField(max_length=80)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    code = models.CharField(max_length=12)
    source = models.CharField(max_length=200, help_text="What caused it.")
    actor = models.CharField(max_length=150)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="amount_above_zero"),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="two_accounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.amount} {self.code}"


class Leaf(models.Model):
    """One sealed record of the journal: a transfer, decision, slate or policy version."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["index"]

    def __str__(self) -> str:
        return f"{self.index}: {self.kind} {self.subject}"


class Tip(models.Model):
    """The single locked row that orders all writers: last seq, journal size and frontier."""

    seq = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"", help_text="Subtree roots, largest first.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_tip")]

    def __str__(self) -> str:
        return f"seq {self.seq}, {self.size} leaves"

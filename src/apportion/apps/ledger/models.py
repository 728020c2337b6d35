"""A thin face on the books: accounts, transfers, holds, sealed records and the tip.

`seq` is the index of a journal leaf; transfers and records share it, without a gap. A transfer's
leaf is recomputed from its row. Instants that are sealed stand as integers: epoch microseconds.
"""

from datetime import datetime

from django.db import models

from apportion.apps.ledger.fields import SeqField, TransferIdField
from apportion.apps.rounds.models import Round
from apportion.core.ledger import BY_NUMBER, TransferCode
from apportion.core.windows import from_epoch_us


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
        LOAN = "loan", "Loan"
        EXCHANGE = "exchange", "Exchange"

    id = models.IntegerField(primary_key=True, help_text="The number that leaves name it by.")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    owner = models.CharField(max_length=120)
    unit = models.CharField(max_length=60)
    floor = models.BigIntegerField(null=True, help_text="Smallest balance allowed; null is none.")
    debits = models.BigIntegerField(default=0)
    credits = models.BigIntegerField(default=0)
    debits_pending = models.BigIntegerField(default=0, help_text="Held, and not yet taken.")
    credits_pending = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["unit", "kind", "owner"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner", "unit"], name="one_account_an_owner"),
            models.CheckConstraint(
                condition=models.Q(floor__isnull=True)
                | models.Q(
                    credits__gte=models.F("debits") + models.F("debits_pending") + models.F("floor")
                ),
                name="balance_not_below_floor",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    credits__gte=0, debits__gte=0, credits_pending__gte=0, debits_pending__gte=0
                ),
                name="counters_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner}:{self.unit}"

    @property
    def balance(self) -> int:
        """Credits less debits."""
        return self.credits - self.debits

    @property
    def available(self) -> int:
        """What may still be spent: the balance less what is held."""
        return self.balance - self.debits_pending


class Posting(models.Model):
    """One call that posted transfers: when, by whom and why. Its words may be erased."""

    number = models.IntegerField(primary_key=True)
    first_seq = models.BigIntegerField(unique=True)
    transfers = models.IntegerField(help_text="Its transfers stand together from first_seq on.")
    recorded_us = models.BigIntegerField(help_text="Strictly increasing, whatever the clock does.")
    actor = models.CharField(max_length=150, null=True)  # noqa: DJ001  null says that it was erased
    memo = models.CharField(max_length=200, null=True)  # noqa: DJ001  null says that it was erased
    salt = models.BinaryField(max_length=32, null=True)
    commitment = models.BinaryField(max_length=32, help_text="Salted hash of actor and memo.")

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.transfers} transfers"

    @property
    def recorded_at(self) -> datetime:
        """When the books took it."""
        return from_epoch_us(self.recorded_us)


class Transfer(models.Model):
    """One amount from one account to another; never changed, never deleted.

    The writer checks what foreign keys would: a constraint costs more than the whole row.
    """

    seq = SeqField(primary_key=True)
    transfer_id = TransferIdField(unique=True)
    amount = models.BigIntegerField()
    effective_us = models.BigIntegerField()
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    code_number = models.SmallIntegerField(db_column="code")
    leg = models.SmallIntegerField(default=0, help_text="0 alone, else its place in its group.")
    about = TransferIdField(
        null=True, help_text="The hold it resolves or the transfer it reverses."
    )

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="amount_above_zero"),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="two_accounts"
            ),
            # A hold is resolved once, a transfer reversed once: the database's own word on it.
            models.UniqueConstraint(
                fields=["about"], condition=models.Q(about__isnull=False), name="resolved_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.amount} {self.code}"

    @property
    def code(self) -> TransferCode:
        """Why it was made."""
        return BY_NUMBER[self.code_number]

    @property
    def effective_at(self) -> datetime:
        """When it took effect; the posting says when the books learnt of it."""
        return from_epoch_us(self.effective_us)


class Hold(models.Model):
    """What a hold adds to its transfer: until when, and whether it is still open."""

    seq = SeqField(primary_key=True, help_text="Of its transfer.")
    hold_id = TransferIdField(unique=True, help_text="Of its transfer.")
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    expires_us = models.BigIntegerField()
    open = models.BooleanField(default=True)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(
                fields=["expires_us"], condition=models.Q(open=True), name="hold_open_until"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {'open' if self.open else 'resolved'}"


class Note(models.Model):
    """The words of one transfer; may be erased, and the leaf keeps its commitment."""

    seq = SeqField(primary_key=True, help_text="Of its transfer.")
    text = models.CharField(max_length=200, null=True)  # noqa: DJ001  null says that it was erased
    salt = models.BinaryField(max_length=32, null=True)
    commitment = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq}: {self.text}"


class Record(models.Model):
    """A sealed record that is not a transfer: an account's opening, a slate, a policy version."""

    seq = SeqField(primary_key=True)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    hash = models.BinaryField(max_length=32, help_text="The leaf hash of the record.")

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["kind", "subject"], name="record_subject")]

    def __str__(self) -> str:
        return f"{self.seq}: {self.kind} {self.subject}"


class Tile(models.Model):
    """The root of a complete subtree of 256^level leaves, the `place`-th of its level."""

    level = models.SmallIntegerField()
    place = models.BigIntegerField()
    root = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["level", "place"]
        constraints = [models.UniqueConstraint(fields=["level", "place"], name="one_tile")]

    def __str__(self) -> str:
        return f"level {self.level}, {self.place}"


class Tip(models.Model):
    """The single locked row that orders all writers: the journal's size, frontier and clock."""

    size = models.BigIntegerField(default=0, help_text="Leaves, and so the next seq.")
    transfers = models.BigIntegerField(default=0)
    postings = models.IntegerField(default=0)
    recorded_us = models.BigIntegerField(default=0, help_text="Of the last posting or record.")
    epoch = models.IntegerField(default=1, help_text="Raised when another writer takes over.")
    closed_before_us = models.BigIntegerField(
        null=True, help_text="What takes effect before this instant stands in a closed period."
    )
    frontier = models.BinaryField(default=b"", help_text="Subtree roots, largest first.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_tip")]

    def __str__(self) -> str:
        return f"{self.size} leaves, {self.transfers} transfers"


class Period(models.Model):
    """A span of the books, half-open; once closed nothing takes effect in it any more."""

    class State(models.TextChoices):
        """Where the period stands."""

        OPEN = "open", "Open"
        CLOSING = "closing", "Closing"
        CLOSED = "closed", "Closed"

    name = models.CharField(max_length=60, unique=True)
    round = models.ForeignKey(
        Round,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose policy rules.",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    journal_size = models.BigIntegerField(null=True, help_text="Size of the closing checkpoint.")

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="period_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at__isnull=True)),
                name="closed_period_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Loan(models.Model):
    """What a directive took from one account for another, to come back by a date.

    Units: amount in base units. What is still owed is the balance of the loan's own account.
    """

    ref = models.CharField(max_length=60, unique=True)
    lender = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="loan")
    amount = models.BigIntegerField()
    due_at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["due_at", "ref"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="loan_above_zero"),
            models.CheckConstraint(
                condition=~models.Q(lender=models.F("borrower")), name="loan_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref}: {self.amount}"


class Checkpoint(models.Model):
    """What the journal said of itself at one size, signed; never changed, never deleted."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField(help_text="The signed note, without the lines of witnesses.")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["size"]

    def __str__(self) -> str:
        return f"{self.size} leaves"


class Cosignature(models.Model):
    """A witness's line under a checkpoint: it saw the journal only grow up to this size."""

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="cosignatures"
    )
    witness = models.CharField(max_length=200)
    key_id = models.BinaryField(max_length=4)
    line = models.TextField()
    signed_at = models.DateTimeField(help_text="As the witness says.")

    class Meta:
        ordering = ["checkpoint", "witness", "key_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "witness", "key_id"], name="one_line_a_witness"
            )
        ]

    def __str__(self) -> str:
        return f"{self.witness} on {self.checkpoint_id}"

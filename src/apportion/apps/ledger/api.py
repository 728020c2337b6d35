"""The books for programs: accounts, statements, loans, and proof that nothing was changed."""

from typing import Any

from pydantic import AwareDatetime, Field

from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.ledger import commands, statement_commands, witness_commands
from apportion.apps.ledger.checkpoints import (
    add_cosignatures,
    make_checkpoint,
    newest_checkpoint,
    submission,
)
from apportion.apps.ledger.loans import (
    find_debt,
    list_debts,
    open_loan,
    return_credits,
    return_due,
)
from apportion.apps.ledger.proofs import prove_leaf
from apportion.apps.ledger.receipts import erase_words, find_leaf, give_receipt
from apportion.core.faults import BadInput, Fault
from apportion.core.ledger import Key, Kind
from apportion.core.loans import Debt, Loan
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.verify.facts import Untrue
from apportion.core.verify.notes import parse_signature

calls = Calls("ledger")
NOTE = "text/plain"


class LoanAnswer(Answer):
    """A loan and what of it came back. Units: base units."""

    ref: str
    lender: str
    borrower: str
    resource: str
    amount: int
    returned: int
    owed: int
    due_at: AwareDatetime
    state: str
    why: str


class NewLoan(Body):
    """Credits that must come back. Units: amount in base units."""

    ref: str = Field(min_length=1, max_length=60)
    lender: str = Field(max_length=60)
    borrower: str = Field(max_length=60)
    resource: str = Field(max_length=60)
    amount: int = Field(ge=1)
    due_at: AwareDatetime
    why: str = Field(default="", max_length=300)


class Payment(Body):
    """How much comes back; without it, all."""

    amount: int | None = Field(default=None, ge=1)
    key: str = Field(default="", max_length=100)


class Proof(Answer):
    """The bare proof that one leaf stands in the journal, in hexadecimal."""

    index: int
    leaf: str
    path: list[str]
    root: str
    size: int


class Which(Body):
    """Whose words are erased: of a transfer, or of all that was posted with it."""

    which: str = Field(min_length=1, max_length=200)
    posting: bool = False


class Signatures(Body):
    """The signature lines that a witness wrote."""

    lines: list[str] = Field(min_length=1, max_length=20)


calls.listing(
    "/ledger/accounts",
    "ledger.see",
    commands.accounts,
    "ledger accounts",
    row=row("AccountRow", "kind owner unit balance:n"),
)
calls.listing(
    "/ledger/statements/{owner}",
    "ledger.see",
    statement_commands.statement,
    "ledger statement",
    row=row(
        "StatementRow",
        "seq:n effective_at:at recorded_at:at code amount:n balance:n other note",
    ),
)
calls.listing(
    "/ledger/asof",
    "ledger.see",
    statement_commands.as_of,
    "ledger asof",
    row=row("AsOfRow", "kind owner unit balance:n amount"),
)
calls.listing(
    "/ledger/checkpoints",
    "ledger.see",
    commands.checkpoints,
    "ledger checkpoints",
    row=row("CheckpointRow", "size:n made_at:at root signers"),
)
calls.listing(
    "/ledger/witnesses",
    "ledger.see",
    witness_commands.list_witnesses,
    "ledger witness list",
    row=row("WitnessRow", "name witness signed:n key"),
)


@calls.rows("/loans", "ledger.see", "loan list", row=LoanAnswer)
def loans(caller: Caller, borrower: str = "", overdue: bool = False) -> list[dict[str, object]]:  # noqa: FBT001, FBT002  parameters of an address
    """Lists what was lent by whom to whom, what is owed and until when."""
    told = [_tell(debt, caller) for debt in list_debts()]
    return [
        one
        for one in told
        if (not overdue or one["state"] == "overdue")
        and (not borrower or one["borrower"] == borrower)
    ]


@calls.read("/loans/{ref}", "ledger.see", answer=LoanAnswer)
def loan(caller: Caller, ref: str) -> dict[str, object]:
    """Shows one loan."""
    return _tell(find_debt(ref), caller)


@calls.act("/loans", "loan.open", "loan open", makes="/loans/{ref}", answer=LoanAnswer)
def redirect(caller: Caller, body: NewLoan) -> dict[str, object]:
    """Redirects credits from one project to another, to come back by a date."""
    made = Loan(
        ref=body.ref,
        lender=Key(Kind.PROJECT, body.lender, body.resource),
        borrower=Key(Kind.PROJECT, body.borrower, body.resource),
        amount=body.amount,
        due_at=body.due_at,
        why=body.why,
    )
    return _tell(open_loan(loan=made, by=caller.user, now=caller.now), caller)


@calls.act("/loans/{ref}/return", "loan.return", "loan return", answer=LoanAnswer)
def give_back(caller: Caller, ref: str, body: Payment) -> dict[str, object]:
    """Pays a loan back, early or late, whole or in part."""
    debt = return_credits(ref=ref, amount=body.amount, by=caller.user, now=caller.now, key=body.key)
    return _tell(debt, caller)


@calls.act("/loans/collect", "loan.return", "loan collect")
def collect(caller: Caller) -> Done:
    """Pays back every loan that is due, as far as its borrower can."""
    paid = return_due(by=caller.user, now=caller.now)
    late = sum(amount < debt.owed for debt, amount in paid)
    words = f"{len(paid)} loans were due; {late} stay overdue."
    return Done(ref="loans", state="overdue" if late else "paid", words=words)


@calls.read("/ledger/proofs/{index}", "ledger.see", "ledger prove", answer=Proof)
def prove(_: Caller, index: int) -> dict[str, object]:
    """Gives the bare proof that one leaf stands in the journal; a receipt says more."""
    try:
        proof = prove_leaf(index)
    except IndexError:
        remedy = "Leaves are numbered from 0."
        refusal = Refusal(code=Code.NOT_FOUND, subject=f"leaf {index}", remedy=remedy)
        raise Refused([refusal]) from None
    return {
        "index": index,
        "leaf": proof.leaf.hex(),
        "path": [node.hex() for node in proof.path],
        "root": proof.root.hex(),
        "size": proof.size,
    }


@calls.read("/ledger/receipts/{which}", "ledger.see", "ledger receipt", media=NOTE)
def receipt(caller: Caller, which: str) -> str:
    """Gives what shows anybody, offline, that a transfer or record stands in the journal."""
    return give_receipt(seq=find_leaf(which), now=caller.now)


@calls.read("/ledger/checkpoint", "ledger.see", media=NOTE)
def newest(_: Caller) -> str:
    """Gives the newest signed checkpoint, with all its signatures."""
    signed = newest_checkpoint()
    if signed is None:
        remedy = "Sign one first."
        raise Refused([Refusal(code=Code.NOT_FOUND, subject="checkpoint", remedy=remedy)])
    return str(signed.note)


@calls.act("/ledger/checkpoints", "period.close", "ledger checkpoint")
def sign(caller: Caller) -> Done:
    """Signs the journal as it stands."""
    signed = make_checkpoint(now=caller.now)
    return Done(ref=str(signed.size), state="signed", words=signed.root.hex())


@calls.act("/ledger/erasures", "ledger.erase", "ledger erase")
def erase(caller: Caller, body: Which) -> Done:
    """Erases the words of a transfer; every proof of it still holds."""
    seq = find_leaf(body.which)
    erase_words(seq=seq, posting=body.posting, by=caller.user, now=caller.now)
    return Done(ref=str(seq), state="erased")


@calls.read("/ledger/witnesses/request", "ledger.see", "ledger witness request", media=NOTE)
def ask_witness(_: Caller, old: int = 0, size: int | None = None) -> str:
    """Gives the checkpoint to be cosigned, with proof that it continues the old."""
    return str(submission(old_size=old, size=size))


@calls.act("/ledger/witnesses/cosignatures", "period.close", "ledger witness add")
def add(_: Caller, body: Signatures) -> Done:
    """Checks and keeps a witness's cosignature."""
    try:
        lines = [parse_signature(line) for line in body.lines]
    except Untrue as untrue:
        remedy = "Send the lines as the witness wrote them"
        raise BadInput([Fault(file="lines", what=str(untrue), remedy=remedy)]) from None
    kept = add_cosignatures(lines)
    return Done(ref=", ".join(str(one.size) for one in kept), state="kept")


def _tell(debt: Debt, caller: Caller) -> dict[str, object]:
    held = debt.loan
    told: dict[str, Any] = {
        "ref": held.ref,
        "lender": held.lender.owner,
        "borrower": held.borrower.owner,
        "resource": held.lender.unit,
        "amount": held.amount,
        "returned": debt.returned,
        "owed": debt.owed,
        "due_at": held.due_at,
        "state": debt.state(caller.now).value,
        "why": held.why,
    }
    return told

"""`apportion loan`: what directives took, who owes it to whom, until when; and paying it back."""

from datetime import datetime

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.ledger.loans import list_debts, open_loan, return_credits, return_due
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import resource_units
from apportion.core.ledger import Key, Kind
from apportion.core.loans import Debt, Loan, LoanState
from apportion.core.units import DisplayUnit, NotAQuantity, format_quantity, parse_quantity
from apportion.core.windows import parse_instant

loans = typer.Typer(help="Loans: credits that must come back.", no_args_is_help=True)

COLUMNS = ("loan", "from", "to", "resource", "lent", "returned", "owed", "due_at", "state", "why")
AS = typer.Option(..., "--as", help="Who does it: a board member; paying back, an operator too.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(loans, name="loan")


@loans.command("list")
@listing(*COLUMNS)
def show(
    ctx: typer.Context,
    overdue: bool = typer.Option(False, "--overdue", help="Only those past their date."),
    borrower: str = typer.Option("", help="Only what this owner owes."),
) -> list[Row]:
    """List what was lent by whom to whom, what is owed and until when, in display units."""
    now = ctx.obj.now()
    return [
        row_of(debt, debt.state(now))
        for debt in list_debts()
        if (not overdue or debt.state(now) is LoanState.OVERDUE)
        and (not borrower or debt.loan.borrower.owner == borrower)
    ]


@loans.command("open")
def redirect(  # noqa: PLR0913  one argument a flag
    ctx: typer.Context,
    ref: str = typer.Argument(help="A name for the loan, such as the directive's."),
    lender: str = typer.Option(..., "--from", help="Project that lends."),
    borrower: str = typer.Option(..., "--to", help="Project that borrows."),
    amount: str = typer.Option(..., help="How much, in display units."),
    due: str = typer.Option(..., help="Instant by which all of it must be back."),
    by: str = AS,
    unit: str = typer.Option("gpu:h100", help="The resource."),
    why: str = typer.Option("", help="One line for everybody who reads the list."),
) -> None:
    """Redirect credits from one project to another, to come back by a date."""
    loan = Loan(
        ref=ref,
        lender=Key(Kind.PROJECT, lender, unit),
        borrower=Key(Kind.PROJECT, borrower, unit),
        amount=_quantity(amount, unit),
        due_at=_due(due),
        why=why,
    )
    _tell(open_loan(loan=loan, by=find_person(by), now=ctx.obj.now()))


@loans.command("return")
def give_back(
    ctx: typer.Context,
    ref: str = typer.Argument(help="The loan."),
    amount: str = typer.Option("", help="How much, in display units; without it, all."),
    key: str = typer.Option("", help="Names the payment, so that one sent twice is one."),
    by: str = AS,
) -> None:
    """Pay a loan back, early or late, whole or in part."""
    person, now = find_person(by), ctx.obj.now()
    unit = next((d.loan.lender.unit for d in list_debts() if d.loan.ref == ref), "")
    paid = _quantity(amount, unit) if amount else None
    _tell(return_credits(ref=ref, amount=paid, by=person, now=now, key=key))


@loans.command("collect")
def collect(ctx: typer.Context, by: str = AS) -> int:
    """Pay back every loan that is due, as far as its borrower can; 1 where one stays overdue."""
    paid = return_due(by=find_person(by), now=ctx.obj.now())
    for debt, amount in paid:
        unit = _unit(debt.loan.lender.unit)
        left = format_quantity(debt.owed - amount, unit)
        typer.echo(f"{debt.loan.ref}: {format_quantity(amount, unit)} came back, {left} overdue")
    if not paid:
        typer.echo("No loan is due.")
    return 1 if any(amount < debt.owed for debt, amount in paid) else 0


def row_of(debt: Debt, state: LoanState) -> Row:
    """Writes a loan in display units."""
    loan = debt.loan
    unit = _unit(loan.lender.unit)
    return {
        "loan": loan.ref,
        "from": loan.lender.owner,
        "to": loan.borrower.owner,
        "resource": loan.lender.unit,
        "lent": format_quantity(loan.amount, unit),
        "returned": format_quantity(debt.returned, unit),
        "owed": format_quantity(debt.owed, unit),
        "due_at": loan.due_at,
        "state": state.value,
        "why": loan.why,
    }


def _tell(debt: Debt) -> None:
    loan = debt.loan
    owed = format_quantity(debt.owed, _unit(loan.lender.unit))
    who = f"{loan.borrower.owner} owes {loan.lender.owner} {owed} of {loan.lender.unit}"
    typer.echo(f"{loan.ref}: {who} until {loan.due_at:%Y-%m-%d %H:%M}")


def _unit(resource: str) -> DisplayUnit:
    return resource_units().get(resource, DisplayUnit.HOUR)


def _quantity(text: str, resource: str) -> int:
    try:
        return parse_quantity(text, _unit(resource))
    except NotAQuantity as error:
        raise typer.BadParameter(f"--amount {text!r}: {error}") from None


def _due(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(f"--due {text!r}: {error}") from None

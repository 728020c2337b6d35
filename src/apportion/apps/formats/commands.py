"""`apportion export`: files for other programs of a site."""

from decimal import Decimal
from pathlib import Path

import typer
from django.conf import settings

from apportion.adapters.files.client import write_whole
from apportion.adapters.focus.render import Site
from apportion.adapters.ondemand.render import render_balances
from apportion.apps.formats.costs import export_costs
from apportion.apps.formats.queries import user_balances
from apportion.apps.people.queries import find_person
from apportion.core.units import NotAQuantity, parse_decimal

MOST_PRICE, DECIMALS = 1_000_000, 9
exports = typer.Typer(help="Files for other programs of a site.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(exports, name="export")


@exports.command("ondemand")
def ondemand(
    ctx: typer.Context,
    out: Path = typer.Option(..., "--out", help="Where Open OnDemand finds it; replaced whole."),
    resource: str = typer.Option("", help="In units of this resource; without, in credits."),
) -> None:
    """Write the balances file of Open OnDemand: what each user may still spend of each project."""
    now = ctx.obj.now()
    unit, rows = user_balances(resource=resource, now=now)
    write_whole(out, render_balances(rows, unit=unit, now=now))
    typer.echo(f"{out}: {len(rows)} balances of users, in units of {unit}.", err=True)


@exports.command("focus")
def focus(
    out: Path = typer.Option(..., "--out", help="A .csv or .parquet file; replaced whole."),
    by: str = typer.Option(..., "--as", help="A board member, an operator or an auditor."),
    currency: str = typer.Option("USD", help="National currency of the costs, as in ISO 4217."),
    credit_price: str = typer.Option("0", help="What one credit is worth in that currency."),
    bills: bool = typer.Option(
        False, "--bills", help="The site bills its users: else BilledCost is 0."
    ),
) -> None:
    """Write all charges, grants and refunds as FOCUS 1.2."""
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise typer.BadParameter(f"{currency!r} is no code of a currency, such as EUR")
    site = Site(
        name=settings.APPORTION_LAB_NAME,
        currency=currency,
        credit_price=_price(credit_price),
        bills=bills,
    )
    count = export_costs(out=out, site=site, by=find_person(by))
    typer.echo(f"{out}: {count} rows.", err=True)


def _price(text: str) -> Decimal:
    try:
        price = parse_decimal(text)
    except NotAQuantity as error:
        raise typer.BadParameter(f"--credit-price: {error}") from None
    if price > MOST_PRICE or price != round(price, DECIMALS):
        raise typer.BadParameter(f"--credit-price: at most {MOST_PRICE}, with {DECIMALS} decimals")
    return round(price, DECIMALS)

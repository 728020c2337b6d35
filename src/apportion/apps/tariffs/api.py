"""What use costs, from which day on, for programs."""

from datetime import UTC, date

from pydantic import Field

from apportion.apps.door.calls import Body, Caller, Calls, Done, row
from apportion.apps.tariffs import commands
from apportion.apps.tariffs.actions import set_tariff
from apportion.apps.tariffs.queries import version_on

calls = Calls("rates")


class NewRates(Body):
    """A rates.toml, and the first UTC day that it prices."""

    toml: str = Field(min_length=1, max_length=1_000_000)
    starts_on: date
    dry_run: bool = False


calls.listing(
    "/rates",
    "round.see",
    commands.list_rates,
    "rates list",
    row=row("RatesRow", "number:n from sha256 set_at:at by"),
)


@calls.read("/rates/in-force", "round.see", "rates show", media="application/toml")
def in_force(caller: Caller, on: date | None = None) -> str:
    """Gives the rates.toml that holds on a UTC day; today where none is said."""
    text: str = version_on(on or caller.now.astimezone(UTC).date()).toml
    return text


@calls.act("/rates", "rates.set", "rates set")
def set_rates(caller: Caller, body: NewRates) -> Done:
    """Prices what is used from a day on by a rates.toml; what is charged already stays."""
    made = set_tariff(
        toml=body.toml.encode(),
        file="toml",
        starts_on=body.starts_on,
        by=caller.user,
        now=caller.now,
        dry_run=body.dry_run,
    )
    state = "unchanged" if body.dry_run else "set"
    return Done(ref=str(made.number), state=state, words=f"from {made.starts_on} on, UTC")

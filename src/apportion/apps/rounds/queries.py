"""Reads of rounds, areas and policies."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from apportion.adapters.files.parse import parse_round
from apportion.adapters.files.parse_call import parse_call
from apportion.apps.people.written import WrittenQuery
from apportion.apps.rounds.models import (
    Area,
    PolicyVersion,
    Rate,
    ResourceKind,
    Round,
    SeedCommitment,
)
from apportion.core.apply.call import Call
from apportion.core.ids import ResourceCode
from apportion.core.policy import SEALED_PREFIX, Policy
from apportion.core.rates import Rate as RateFact
from apportion.core.rates import RateCard
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import DisplayUnit

ASIDE = (Round.Kind.URGENT, Round.Kind.FAST)  # no round that people mean unless they name it
ROUND = WrittenQuery(Round.objects.all, column="slug")
AREA = WrittenQuery(Area.objects.all, column="slug")
POLICY = WrittenQuery(
    lambda: PolicyVersion.objects.order_by("-version"), column="round_id", place=0
)
REVEALED = WrittenQuery(
    lambda: SeedCommitment.objects.filter(revealed_at__isnull=False), column="round_id", place=0
)


def find_round(slug: str) -> Round:
    """Finds a round by its slug.

    Refuses: NOT_FOUND.
    """
    row = ROUND.find(slug)
    if row is None:
        raise Refused(
            [
                Refusal(
                    code=Code.NOT_FOUND,
                    subject=f"round {slug!r}",
                    remedy="List rounds with: apportion round list",
                )
            ]
        )
    return row


def list_rounds(*, with_fast: bool = False) -> list[Round]:
    """Lists rounds, the latest credits first; what fast lanes granted only where it is asked for."""
    rows = Round.objects.all()
    return list(rows if with_fast else rows.exclude(kind=Round.Kind.FAST))


def rounds_past_appeal(now: datetime) -> list[Round]:
    """Lists the decided rounds in which no appeal can be filed any more."""
    rows = Round.objects.filter(state=Round.State.DECIDED, appeals_until_at__lte=now)
    return list(rows.order_by("id"))


def rounds_with_fast_lane(now: datetime) -> list[Round]:
    """Lists the open rounds whose call grants small asks at once."""
    rows = Round.objects.filter(state=Round.State.OPEN, requests_close_at__gt=now)
    rows = rows.exclude(kind__in=ASIDE).select_related("opened_by")
    return [row for row in rows if call_of(row).fast_lane]


def current_round(now: datetime) -> Round | None:
    """Finds the round that people mean today, as `current_of` chooses it."""
    return current_of(list_rounds(), now)


def policy_text(row: Round) -> str:
    """Reads the round.toml in force."""
    version = POLICY.find(row.pk)
    return version.toml if version else ""


def policy_of(row: Round) -> Policy:
    """Reads the policy in force as the core's value, with the seed as far as it is revealed.

    Raises: BadInput where the stored text is not a policy, which open_round prevents.
    """
    policy = _policy(policy_text(row), row.slug)
    promised = seed_of(row)
    if promised is None:
        return policy
    seed = promised.seed or SEALED_PREFIX + promised.sha256
    return replace(policy, tie_seed=seed, tie_commitment=promised.sha256)


def call_of(row: Round) -> Call:
    """Reads what a round asks of those who apply.

    Raises: BadInput where the stored text is not a policy, which open_round prevents.
    """
    return _call(policy_text(row), row.slug)


@lru_cache(maxsize=16)  # one text of a few pages each; what comes out is never changed
def _policy(text: str, slug: str) -> Policy:
    return parse_round(text.encode(), f"{slug}/round.toml")


@lru_cache(maxsize=16)
def _call(text: str, slug: str) -> Call:
    return parse_call(text.encode(), f"{slug}/round.toml")


def seed_of(row: Round) -> SeedCommitment | None:
    """Finds the promise of a round's seed."""
    return SeedCommitment.objects.filter(round=row).first()


def scores_are_closed(row: Round) -> bool:
    """Says whether the seed is revealed: whoever knows it may not score any more."""
    return REVEALED.find(row.pk) is not None


def find_area(slug: str) -> Area:
    """Finds an area by its slug.

    Refuses: NOT_FOUND.
    """
    row = AREA.find(slug)
    if row is None:
        known = ", ".join(area.slug for area in list_areas())
        raise Refused(
            [Refusal(code=Code.NOT_FOUND, subject=f"area {slug!r}", remedy=f"There are {known}.")]
        )
    return row


def list_areas() -> list[Area]:
    """Lists the lab's areas in their fixed order."""
    return list(Area.objects.all())


def resource_units() -> dict[str, DisplayUnit]:
    """Maps each resource to the unit in which people read it."""
    return {row.code: DisplayUnit(row.unit) for row in ResourceKind.objects.all()}


def resources_by_code() -> dict[str, ResourceKind]:
    """Finds all resource rows by code."""
    return {row.code: row for row in ResourceKind.objects.all()}


def rate_card() -> RateCard:
    """Reads all rates of the lab."""
    rows = Rate.objects.select_related("resource").order_by("resource_id", "starts_at")
    return RateCard(
        tuple(
            RateFact(
                resource=ResourceCode(row.resource.code),
                unit=DisplayUnit(row.resource.unit),
                microcredits_per_unit=row.microcredits_per_unit,
                starts_at=row.starts_at,
            )
            for row in rows
        )
    )


def area_positions() -> dict[str, int]:
    """Maps each area to its place in the fixed order, which is its colour."""
    return dict(Area.objects.values_list("slug", "position"))


def current_of(rounds: Sequence[Round], now: datetime) -> Round | None:
    """Chooses the round that people mean today out of all rounds.

    One to be decided; else one that may still be appealed; else the one whose credits started last.
    """
    rounds = [row for row in rounds if row.kind not in ASIDE]
    undecided = [row for row in rounds if row.state in {Round.State.OPEN, Round.State.REVIEW}]
    decided = [row for row in rounds if row.state == Round.State.DECIDED]
    begun = [row for row in rounds if row.credits_start_at <= now]
    return (
        max(undecided, key=lambda row: row.requests_close_at, default=None)
        or max(decided, key=lambda row: row.credits_start_at, default=None)
        or max(begun, key=lambda row: row.credits_start_at, default=None)
        or max(rounds, key=lambda row: row.credits_start_at, default=None)
    )


def spending_of(rounds: Sequence[Round], now: datetime) -> Round | None:
    """Chooses the decided round whose credits are being spent now."""
    decided = [
        row
        for row in rounds
        if row.kind not in ASIDE
        and row.state in {Round.State.DECIDED, Round.State.CLOSED}
        and row.credits_start_at <= now < row.credits_end_at
    ]
    return max(decided, key=lambda row: row.credits_start_at, default=None)


ROUND_COLUMNS = (
    *("slug", "name", "kind", "state", "requests_close_at", "decision_at"),
    *("credits_start_at", "credits_end_at"),
)


def round_rows(*, with_fast: bool = False) -> list[dict[str, object]]:
    """Lists rounds for listings and files, the latest credits first."""
    return [
        {
            "slug": row.slug,
            "name": row.name,
            "kind": row.kind,
            "state": row.state,
            "requests_close_at": row.requests_close_at,
            "decision_at": row.decision_at,
            "credits_start_at": row.credits_start_at,
            "credits_end_at": row.credits_end_at,
        }
        for row in list_rounds(with_fast=with_fast)
    ]

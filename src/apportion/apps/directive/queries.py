"""Reads of directives, and of the books that a preview is made from."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from apportion.adapters.files.parse_terms import parse_terms
from apportion.apps.apply.queries import amount_facts, projects_by_slug
from apportion.apps.decide.queries import granted
from apportion.apps.directive.models import Directive, Preview, Step
from apportion.apps.grant.queries import list_grants
from apportion.apps.ledger.loans import list_debts
from apportion.apps.ledger.queries import available, tip
from apportion.apps.meter.queries import use_rows
from apportion.apps.rounds.queries import (
    Round,
    list_rounds,
    policy_of,
    resource_units,
    spending_of,
)
from apportion.core.directive.facts import Holder, Standing, World
from apportion.core.directive.payback import Due
from apportion.core.directive.terms import OWING, State, Terms
from apportion.core.ids import AreaId, ProjectId, ResourceCode
from apportion.core.ledger import Kind
from apportion.core.loans import Debt
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import Resource
from apportion.core.windows import Window, from_epoch_us

COLUMNS = (  # of the register
    "directive",
    "state",
    "for",
    "from",
    "until",
    "payback_by",
    "resource",
    "lent",
    "owed",
    "premium",
    "premium_paid",
    "purpose",
)
OPEN = (State.DRAFT, State.PREVIEWED, State.SIGNED, State.IN_FORCE)
TOLD = (*OPEN, *OWING)  # what pages tell of without being asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a directive lent and what came back. Units: base units, premiums counted apart."""

    resource: str
    lent: int
    owed: int
    premium: int
    premium_paid: int

    @property
    def premium_owed(self) -> int:
        """What of the premium is left to pay."""
        return self.premium - self.premium_paid


def find_directive(ref: str) -> Directive:
    """Finds a directive by its name.

    Refuses: NOT_FOUND.
    """
    row = Directive.objects.select_related("drafted_by").filter(ref=ref).first()
    if row is None:
        remedy = "List directives with: apportion codered list"
        subject = f"directive {ref!r}"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])
    return row


def list_directives() -> list[Directive]:
    """Lists all directives, the newest first."""
    return list(Directive.objects.select_related("drafted_by"))


def directives_told() -> list[Directive]:
    """Lists those that pages tell of: not over yet, or over and owing; in force first."""
    rows = list(Directive.objects.filter(state__in=TOLD).select_related("drafted_by"))
    return sorted(rows, key=lambda row: (row.state != State.IN_FORCE, row.ends_at, row.ref))


def shelved_projects() -> frozenset[str]:
    """Lists the projects that directives which came into force put aside with notice."""
    rows = Directive.objects.filter(adopted_at__isnull=False).order_by("ref")
    return frozenset(
        str(shelving.project)
        for row in rows
        for shelving in terms_of(row.toml, file=f"{row.ref}.toml").shelved
    )


def with_previews(rows: Sequence[Directive]) -> Sequence[Directive]:
    """Reads the previews and signatures of directives in two statements."""
    prefetch_related_objects(rows, "previews__signatures")
    return rows


def latest_preview(row: Directive) -> Preview | None:
    """Finds the preview that signatures count for."""
    previews = sorted(row.previews.all(), key=lambda preview: preview.number)
    return previews[-1] if previews else None


def steps_of(row: Directive) -> list[Step]:
    """Lists what was done with a directive, and by whom; time's own steps are nobody's."""
    return list(row.steps.select_related("by"))


def document_of(preview: Preview) -> dict[str, Any]:
    """Reads a preview's document."""
    document: dict[str, Any] = json.loads(preview.document)
    return document


def terms_of(toml: str, *, file: str) -> Terms:
    """Reads the terms of a directive over the lab's resources.

    Raises: BadInput.
    """
    units = resource_units()
    resources = {ResourceCode(code): Resource(code=code, unit=u) for code, u in units.items()}
    return parse_terms(toml.encode(), file, resources)


def accounts_of(rows: Iterable[Directive]) -> dict[str, tuple[Account, ...]]:
    """Sums what each directive lent and is still owed, by resource."""
    debts: dict[str, Debt] | None = None
    found: dict[str, tuple[Account, ...]] = {}
    for row in rows:
        sums: dict[str, list[int]] = {}
        for lent in row.loans.all():
            if debts is None:
                debts = {debt.loan.ref: debt for debt in list_debts()}
            debt = debts[lent.loan_ref]
            of_resource = sums.setdefault(debt.loan.lender.unit, [0, 0, 0, 0])
            numbers = (debt.loan.amount, debt.owed, lent.premium, lent.premium_paid)
            for place, number in enumerate(numbers):
                of_resource[place] += number
        found[row.ref] = tuple(
            Account(resource=code, lent=n[0], owed=n[1], premium=n[2], premium_paid=n[3])
            for code, n in sorted(sums.items())
        )
    return found


def dues_of(row: Directive) -> tuple[Due, ...]:
    """Lists what is left to pay on each loan of a directive."""
    loans = {lent.loan_ref: lent for lent in row.loans.all()}
    return tuple(
        Due(
            loan=debt.loan,
            owed=debt.owed,
            premium=loans[debt.loan.ref].premium - loans[debt.loan.ref].premium_paid,
        )
        for debt in sorted(list_debts(), key=lambda debt: debt.loan.ref)
        if debt.loan.ref in loans
    )


def register() -> list[tuple[Directive, tuple[Account, ...]]]:
    """Lists every directive with its account, the newest first."""
    rows = list(Directive.objects.prefetch_related("loans"))
    accounts = accounts_of(rows)
    return [(row, accounts[row.ref]) for row in rows]


def gather_world(*, now: datetime) -> tuple[Round, World]:
    """Reads what a preview depends on, of the round whose credits are being spent.

    Refuses: ROUND_NOT_OPEN where no credits are being spent.
    """
    row = spending_of(list_rounds(), now)
    if row is None:
        remedy = "A directive lends credits of a round that is decided and being spent."
        raise Refused([Refusal(code=Code.ROUND_NOT_OPEN, subject="code red", remedy=remedy)])
    period = Window(starts_at=row.credits_start_at, ends_at=row.credits_end_at)
    policy = policy_of(row)
    areas = {slug: project.area.slug for slug, project in projects_by_slug().items()}
    closed_us = tip().closed_before_us
    world = World(
        policy=policy,
        credits=period,
        holders=_holders(row, period, areas),
        projects={ProjectId(slug): AreaId(area) for slug, area in areas.items()},
        standing=tuple(
            Standing(ref=one.ref, window=Window(starts_at=one.starts_at, ends_at=one.ends_at))
            for one in Directive.objects.filter(state=State.IN_FORCE).order_by("ref")
        ),
        closed_before=from_epoch_us(closed_us) if closed_us else None,
    )
    return row, world


def _holders(row: Round, period: Window, areas: dict[str, str]) -> tuple[Holder, ...]:
    sums: dict[tuple[str, str], list[int]] = {}  # minimum, awarded, granted, used, available

    def add(project: str, resource: str, place: int, number: int) -> None:
        sums.setdefault((project, resource), [0, 0, 0, 0, 0])[place] += number

    minimums = {(fact.ref, fact.resource): fact.minimum for fact in amount_facts(row.slug)}
    for award in granted(row):
        if award.awarded:
            add(award.project, award.resource, 0, minimums[award.request, award.resource])
            add(award.project, award.resource, 1, award.awarded)
    for grant in list_grants(row.slug):
        add(grant.project.slug, grant.resource.code, 2, grant.amount)
    for key, left in available(kind=Kind.PROJECT).items():
        add(key.owner, key.unit, 4, left)
    for use in use_rows(window=period):
        if (use.project, use.resource) in sums:
            add(use.project, use.resource, 3, use.unit_seconds)
    return tuple(
        Holder(
            project=ProjectId(project),
            area=AreaId(areas[project]),
            resource=ResourceCode(resource),
            minimum=numbers[0],
            awarded=numbers[1],
            pending=max(0, numbers[1] - numbers[2]),
            used=numbers[3],
            available=numbers[4],
        )
        for (project, resource), numbers in sorted(sums.items())
        if project in areas
    )

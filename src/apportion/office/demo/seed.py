"""Lives the made-up lab through eight decided rounds and opens a ninth, by the office's own acts."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from django.db import transaction

from apportion.apps.apply.actions import Wish, save_draft, start_project, submit_request
from apportion.apps.apply.queries import Project, projects_by_slug, requests_of_round
from apportion.apps.decide.actions import adopt_slate, commit_seed, propose_slate, reveal_seed
from apportion.apps.grant.actions import grant_round
from apportion.apps.grant.queries import list_grants
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import find_person
from apportion.apps.people.ties import set_manager, set_team
from apportion.apps.report.alert_actions import raise_alerts
from apportion.apps.review.actions import assign_reviewer, write_opinion
from apportion.apps.review.assigning import set_expertise
from apportion.apps.review.queries import reviews_of
from apportion.apps.rounds.actions import Dates, mark_flagship, open_round, set_rate
from apportion.apps.rounds.queries import Round, find_area, find_round, list_rounds
from apportion.office.demo.jobs import Spending, sacct_lines
from apportion.office.demo.lab import (
    AREAS,
    FLAGSHIP,
    KNOWN,
    LEADS,
    MANAGERS,
    PEOPLE,
    PROJECTS,
    TEAMS,
)
from apportion.office.demo.story import (
    begin_more,
    change_minds,
    hear_appeals,
    live_code_red,
)

RESOURCE = "gpu:h100"
HOUR = 3600
PERIOD = timedelta(days=91)
DAYS_INTO_PERIOD = 57
PAST_ROUNDS = 8
LATEST = 12  # the open round's number
POOL_HOURS = 717_000
MICROCREDITS_PER_HOUR = 1_200_000
REQUESTS_A_ROUND = {True: 34, False: 22}  # open, past
JOBS_A_PROJECT = {True: 90, False: 16}  # the period being spent, earlier ones
REVIEWERS = ("hana", "ines", "jonas", "kofi")
PENDING_REVIEWS = {"hana": 5, "ines": 2, "jonas": 1, "kofi": 3}
APPEALS = timedelta(days=98)  # until the next round is about to be decided
CODE_RED_AFTER = timedelta(days=9)
DRAWS = 100
EVERY_ROUND = ("depth-recurrent", "replay-free", "wellbeing", "pretrain-next")  # always apply


CALL = f"""[call.fast_lane]
most = {{ "{RESOURCE}" = 500 }}
pool = {{ "{RESOURCE}" = 4000 }}
audit_share = 0.5
[[call.questions]]
id = "data"
label = "Where do the data come from?"
kind = "text"
help = "One line; public, licensed or our own."
most = 200
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One round of the lab and the period that it pays for."""

    number: int
    starts_at: datetime

    @property
    def slug(self) -> str:
        """Names the round, as r12."""
        return f"r{self.number}"

    @property
    def filed_at(self) -> datetime:
        """When its requests came in."""
        return self.starts_at - timedelta(days=38)

    @property
    def decided_at(self) -> datetime:
        """When the board adopted its slate."""
        return self.filed_at + timedelta(days=5)


def is_seeded() -> bool:
    """Says whether the office has any round yet."""
    return bool(list_rounds())


@transaction.atomic  # a lab that was cut off in the making leaves nothing behind
def seed_lab(*, now: datetime, rng: Random) -> str:
    """Makes the lab; the same day and seed make the same lab. Gives a sentence that says what."""
    today = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    spending_since = today - timedelta(days=DAYS_INTO_PERIOD)
    terms = [
        Term(number=LATEST - back, starts_at=spending_since + PERIOD * (1 - back))
        for back in range(PAST_ROUNDS, -1, -1)
    ]
    for username, name, roles in PEOPLE:
        add_person(username=username, name=name, roles=roles)
    _know_people()
    for term in terms[:-1]:
        _decide_round(_file_round(term, is_open=False, rng=rng, today=today), term)
    live_code_red(at=spending_since + CODE_RED_AFTER)
    opened = _file_round(terms[-1], is_open=True, rng=rng, today=today)
    jobs = _spend(terms[:-1], today=today, rng=rng)
    latest = find_round(terms[-2].slug)
    hear_appeals(latest, told_at=terms[-2].decided_at, today=today)
    change_minds(latest, today=today)
    begin_more(opened, at=today - timedelta(days=1))
    raise_alerts(now=now)
    return f"{len(terms)} rounds, {len(projects_by_slug())} projects, {jobs} jobs metered"


def _know_people() -> None:
    """Who sits with whom, who reports to whom, who knows about what."""
    operator = find_person("olga")
    for slug, (name, members) in TEAMS.items():
        set_team(slug=slug, name=name, members=members, by=operator)
    for username, manager in MANAGERS.items():
        set_manager(person=find_person(username), manager=find_person(manager), by=operator)
    for username, keywords in KNOWN.items():
        person = find_person(username)
        set_expertise(person=person, keywords=keywords, areas=(), most=None, by=person)


def _file_round(term: Term, *, is_open: bool, rng: Random, today: datetime) -> Round:
    board = find_person("mara")
    filed_at = today - timedelta(days=3) if is_open else term.filed_at
    closes_at = today + timedelta(days=2, hours=18) if is_open else filed_at + timedelta(days=2)
    row = open_round(
        slug=term.slug,
        name=f"Round {term.number}",
        policy_toml=_policy(term.number),
        dates=Dates(
            requests_close_at=closes_at,
            reviews_due_at=closes_at + timedelta(days=1),
            decision_at=closes_at + timedelta(days=2),
            appeals_until_at=closes_at + APPEALS,
            credits_start_at=term.starts_at,
            credits_end_at=term.starts_at + PERIOD,
        ),
        by=board,
        now=filed_at,
    )
    promised = hashlib.sha256(seed_text(term.number).encode()).hexdigest()
    commit_seed(row=row, sha256=promised, by=board, now=filed_at)
    if not projects_by_slug():
        _start_lab(filed_at)
    others = [project for project in PROJECTS if project.slug not in EVERY_ROUND]
    drawn = rng.sample(others, REQUESTS_A_ROUND[is_open] - len(EVERY_ROUND))
    chosen = [project for project in PROJECTS if project in drawn or project.slug in EVERY_ROUND]
    projects = projects_by_slug()
    for sample in chosen:
        _file_request(row, projects[sample.slug], sample.question, rng=rng, at=filed_at)
    _review(row, rng=rng, at=filed_at + timedelta(days=1))
    if is_open:
        _leave_reviews_open(row, at=filed_at)
    return row


def _start_lab(at: datetime) -> None:
    """What is there from the first round on: the flagship, a price, the projects."""
    mark_flagship(area=FLAGSHIP)
    set_rate(resource=RESOURCE, microcredits_per_unit=MICROCREDITS_PER_HOUR, starts_at=at)
    for sample in PROJECTS:
        start_project(
            slug=sample.slug,
            title=sample.title,
            area=find_area(sample.area),
            lead=find_person(LEADS[sample.area]),
            now=at,
        )


def _file_request(
    row: Round, project: Project, question: str, *, rng: Random, at: datetime
) -> None:
    area = next(area for area in AREAS if area.slug == project.area.slug)
    ask = round(rng.lognormvariate(0, 0.55) * area.weight * _growth(area.slug, row.slug) * 27) * 100
    ask = max(2_000, min(ask, 160_000))
    minimum = max(500, round(ask * rng.uniform(0.25, 0.7) / 100) * 100)
    draft = save_draft(
        round_row=row,
        project=project,
        wish=Wish(
            title=project.title,
            question=question,
            amounts={RESOURCE: (minimum * HOUR, ask * HOUR)},
            if_minimum="Seeds go from three to one and the ablations wait for the next round.",
            groups="flagship" if project.area.slug == FLAGSHIP else "",
        ),
        by=project.lead,
        now=at,
    )
    submit_request(row=draft, by=project.lead, now=at)


def _growth(area: str, round_slug: str) -> float:
    """The flagship's asks grow from round to round; everybody else's stay."""
    age = int(round_slug.removeprefix("r")) - (LATEST - PAST_ROUNDS)
    return 0.5 + 0.22 * age if area == FLAGSHIP else 1.25 - 0.06 * age


def _review(row: Round, *, rng: Random, at: datetime) -> None:
    for request in requests_of_round(row):
        liked = 1.2 if request.project.slug in EVERY_ROUND else 0.0
        merit = min(9.4, max(3.0, rng.gauss(6.8, 1.2) + liked))
        for reviewer in sorted(rng.sample(REVIEWERS, 3)):
            score = min(10.0, max(1.0, rng.gauss(merit, 0.6)))
            write_opinion(
                request=request,
                by=find_person(reviewer),
                score_hundredths=round(score * 10) * 10,
                comment="",
                now=at,
            )


def _leave_reviews_open(row: Round, *, at: datetime) -> None:
    """Every reviewer still has a few requests to read."""
    requests = requests_of_round(row)
    for name, count in PENDING_REVIEWS.items():
        reader = find_person(name)
        read = {opinion.request_id for opinion in reviews_of(reader)}
        for request in [one for one in requests if one.pk not in read][:count]:
            assign_reviewer(request=request, reviewer=reader, now=at)


def _decide_round(row: Round, term: Term) -> None:
    board, at = find_person("mara"), term.decided_at
    reveal_seed(row=row, seed=seed_text(term.number), by=board, now=at)
    slate = propose_slate(row=row, by=board, now=at)
    adopt_slate(slate=slate, by=board, now=at)
    grant_round(row=row, by=board, now=at)


def _spend(terms: list[Term], *, today: datetime, rng: Random) -> int:
    """Writes what the projects ran as accounting files, and meters those like any site's."""
    first_id, jobs = 1_000_000, 0
    with tempfile.TemporaryDirectory() as folder:
        for term in terms:
            ends_at = min(term.starts_at + PERIOD, today)
            is_last = term is terms[-1]
            lines: list[str] = []
            for grant in list_grants(term.slug):
                thrift = rng.uniform(0.7, 1.15) if is_last else rng.uniform(0.97, 1.03)
                spending = Spending(
                    account=grant.project.slug,
                    user=LEADS[grant.project.area.slug],
                    gpu_seconds=int(grant.amount * thrift * ((ends_at - term.starts_at) / PERIOD)),
                    starts_at=term.starts_at,
                    ends_at=ends_at,
                    jobs=JOBS_A_PROJECT[is_last],
                )
                lines.extend(sacct_lines(spending, first_id=first_id, rng=rng))
                first_id += spending.jobs
            file = Path(folder) / f"sacct-{term.slug}.txt"
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            source = read_source(str(file), layout=Layout(format=Format.SACCT))
            import_usage(sources=[source], by=find_person("olga"), now=ends_at)
            jobs += len(lines)
    return jobs


def _policy(number: int) -> str:
    """The lab's rules: floors for research, a cap on the flagship that loosens over time."""
    cap = 22 + 5 * (number - (LATEST - PAST_ROUNDS))
    areas = "\n".join(
        f'[[areas]]\nid = "{area.slug}"\nname = "{area.name}"\n'
        + (
            f'floor = {{ "{RESOURCE}" = {_percent(area.floor_percent)} }}\n'
            if area.floor_percent
            else ""
        )
        + f'cap = {{ "{RESOURCE}" = {_percent(area.cap_percent)} }}\n'
        for area in AREAS
    )
    return f"""schema = "apportion.round/1"
name = "Round {number}"
[resources."{RESOURCE}"]
unit = "hour"
[pool]
"{RESOURCE}" = {POOL_HOURS}
[reserve]
share = 0.03
appeals = 0.02
[appeals]
deciders = 2
{areas}
[[groups]]
id = "flagship"
cap = {{ "{RESOURCE}" = {_percent(cap)} }}
[decide]
objective = "merit"
size_exponent = 0.85
gap = 0
[decide.ties]
zone = [0.1, 0.9]
by = "lottery"
draws = {DRAWS}
[review]
opinions = 3
load = 40
{CALL if number == LATEST else ""}"""


def seed_text(number: int) -> str:
    """The seed by which a round draws lots; only its hash is published when the round opens."""
    return f"northfield, round {number}"


def _percent(percent: int) -> int:
    return POOL_HOURS * percent // 100

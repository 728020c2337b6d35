"""What happened in the made-up lab between its rounds: a code red, appeals, changes, an experiment."""

from datetime import datetime, timedelta

from apportion.apps.appeal.actions import file_appeal, propose_ruling, sign_ruling
from apportion.apps.appeal.queries import sitting
from apportion.apps.apply.actions import Wish as Ask
from apportion.apps.apply.actions import save_draft, start_draft, submit_request
from apportion.apps.apply.queries import Project, Request, projects_by_slug, requests_of_round
from apportion.apps.change.actions import answer_change, ask_change
from apportion.apps.change.winding import give_notice
from apportion.apps.decide.queries import find_verdicts
from apportion.apps.directive.actions import (
    adopt_directive,
    advance_directives,
    draft_directive,
    make_preview,
    sign_directive,
)
from apportion.apps.evidence.actions import register_experiment
from apportion.apps.grant.fastlane import advance_fast_lanes
from apportion.apps.grant.queries import list_grants
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import Round
from apportion.core.appeal.life import Changed, Ground, Verb
from apportion.core.change.asking import What, Wish

BOARD, SIGNERS = "mara", ("nils", "rosa")
RESOURCE, HOUR, DAY = "gpu:h100", 3600, timedelta(days=1)
BORROWER, BORROWED_HOURS = "pretrain-next", 6_000
CODE_RED = "incident-26"
HEARD, WAITING = "goran", "bram"  # whose appeals
SMALL_ASKS, DRAFTED = ("sleep", "image-text"), "grokking"
LOTS = "northfield, round 12"  # by which the fast lane draws what is looked at
CLAIM = """schema = "apportion.evidence/1"
[claim]
kind = "compare_means"
metric = "accuracy"
effect = 0.02
arms = ["free", "replay"]
range = [0, 1]
[registered]
seeds = [0, 1, 2, 3, 4]
"""


def live_code_red(*, at: datetime) -> None:
    """A code red of two weeks: previewed, signed by two, in force, over by itself and paid back."""
    ends_at, payback_by = at + 14 * DAY, at + 35 * DAY
    terms = f"""schema = "apportion.directive/1"
ref = "{CODE_RED}"
purpose = "Find why the last checkpoint forgets names, before it ships"
project = "{BORROWER}"
from = {at.isoformat()}
until = {ends_at.isoformat()}
[take.amount]
"{RESOURCE}" = {BORROWED_HOURS}
[payback]
rate = 1.25
by = {payback_by.isoformat()}
"""
    board = find_person(BOARD)
    draft_directive(toml=terms, by=board, now=at)
    preview = make_preview(ref=CODE_RED, by=board, now=at)
    for name in SIGNERS:
        sign_directive(ref=CODE_RED, number=preview.number, by=find_person(name), now=at)
    adopt_directive(ref=CODE_RED, by=board, now=at)
    advance_directives(now=ends_at)
    advance_directives(now=payback_by)


def hear_appeals(row: Round, *, told_at: datetime, today: datetime) -> None:
    """Two denied requests were appealed: one was upheld, one waits for a second decider.

    Who asks in that one is in the line of a board member, who may not hear it.
    """
    first, second = (_denied(row, author) for author in (HEARD, WAITING))
    upheld = file_appeal(
        request=first.ref,
        ground=Ground.FACT,
        words="The pilot was read as one seed; it was three, and all of them agree.",
        changed=Changed(),
        by=first.author,
        now=told_at + 2 * DAY,
    )
    proposer, *others = [chair.person for chair in sitting(upheld)]
    propose_ruling(
        ref=upheld.ref,
        ruling=Verb.UPHOLD,
        reasons="The table of the pilot names three seeds. The question can be settled with the ask.",
        by=proposer,
        now=told_at + 6 * DAY,
    )
    for signer in others:
        sign_ruling(ref=upheld.ref, by=signer, now=told_at + 7 * DAY)
    file_appeal(
        request=second.ref,
        ground=Ground.EVIDENCE,
        words="A run that ended last week shows the effect at a third of the size we asked for.",
        changed=Changed(),
        by=second.author,
        now=today - 2 * DAY,
    )


def change_minds(row: Round, *, today: datetime) -> None:
    """Projects ask for longer and for more, one is told of its end, one fixes a claim, one drafts."""
    waiting, ending, growing = [grant.project for grant in list_grants(row.slug)][:3]
    until = row.credits_end_at + 30 * DAY
    _ask(What.EXTENSION, waiting, today - 3 * DAY, until=until)
    more = _ask(What.SUPPLEMENT, growing, today - 9 * DAY, amount=400 * HOUR)
    answer_change(
        ref=more,
        grant=True,
        why="Its first look is promising, and the pool has it.",
        by=find_person(BOARD),
        now=today - 8 * DAY,
    )
    give_notice(
        project=ending.slug,
        reason="Its question is answered; the paper is out.",
        last_at=today + 45 * DAY,
        by=find_person("nils"),
        now=today - 5 * DAY,
    )
    register_experiment(
        slug="forgetting",
        title="Does learning without replay keep old skills?",
        project=(project := projects_by_slug()["replay-free"]),
        claim_toml=CLAIM,
        by=project.lead,
        now=today - 4 * DAY,
    )


def begin_more(row: Round, *, at: datetime) -> None:
    """Leads ask for a little by the fast lane, and one has begun to write."""
    for slug in SMALL_ASKS:
        project = projects_by_slug()[slug]
        draft = save_draft(
            round_row=row,
            project=project,
            wish=Ask(
                title=f"{project.title}: a last check",
                question="Whether the result holds with another seed.",
                amounts={RESOURCE: (200 * HOUR, 400 * HOUR)},
                if_minimum="One seed in place of two.",
            ),
            by=project.lead,
            now=at,
        )
        submit_request(row=draft, by=project.lead, now=at)
    advance_fast_lanes(now=at, seed=LOTS)
    project = projects_by_slug()[DRAFTED]
    words = {"title": f"{project.title}, next step"}
    start_draft(round_row=row, project=project, content=words, by=project.lead, now=at)


def _ask(
    what: What, project: Project, at: datetime, *, amount: int = 0, until: datetime | None = None
) -> str:
    wish = Wish(what=what, project=project.slug, resource=RESOURCE, amount=amount, until=until)
    why = "The cluster was down for nine days; its last seeds need longer."
    if what is What.SUPPLEMENT:
        why = "One more seed of the largest size settles it."
    return ask_change(wish=wish, why=why, by=project.lead, now=at).ref


def _denied(row: Round, author: str) -> Request:
    """Finds the smallest request of somebody that was denied."""
    requests = [one for one in requests_of_round(row) if one.author.username == author]
    verdicts = find_verdicts([request.ref for request in requests])
    denied = [one for one in requests if verdicts[one.ref].outcome == "not_yet"]
    return min(denied, key=lambda request: (request.amounts.get().ask, request.ref))

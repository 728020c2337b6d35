"""Every life in the office is a table: each pair of a state and a verb is in it, or is refused.

docs/states.md is drawn from the same tables. After a change of one:

    PYTHONPATH=src .venv/bin/python -m tests.house.test_states > docs/states.md
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
import pytest
from django.apps import apps

from apportion.core import periods
from apportion.core.appeal import life as appeals
from apportion.core.change import asking, winddown
from apportion.core.decide import life as slates
from apportion.core.directive import terms as directives
from apportion.core.evidence import stages
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review import life as opinions
from apportion.core.windows import Window

if __name__ == "__main__":  # pytest sets Django up by itself; a shell does not
    os.environ.setdefault(  # noqa: TID251  how Django is told, before it is asked
        "DJANGO_SETTINGS_MODULE", "apportion.office.settings_test"
    )
    django.setup()

from apportion.apps.apply import actions as requests
from apportion.apps.apply.models import Request
from apportion.apps.rounds import actions as rounds
from apportion.apps.rounds.models import Round

STATES_PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"
AGAIN = "PYTHONPATH=src .venv/bin/python -m tests.house.test_states > docs/states.md"
DAY = datetime(2026, 3, 1, tzinfo=UTC)

# What lives: its states in order, its table, and the file that holds it.
LIVES = {
    "Rounds": (Round.State, rounds.LIFECYCLE, "apps/rounds/actions.py"),
    "Requests": (Request.State, requests.LIFECYCLE, "apps/apply/actions.py"),
    "Opinions": (opinions.Stage, opinions.NEXT, "core/review/life.py"),
    "Slates": (slates.State, slates.STEPS, "core/decide/life.py"),
    "Appeals": (appeals.State, appeals.STEPS, "core/appeal/life.py"),
    "Changes": (asking.State, asking.STEPS, "core/change/asking.py"),
    "Winding down": (winddown.Stage, winddown.STEPS, "core/change/winddown.py"),
    "Directives": (directives.State, directives.STEPS, "core/directive/terms.py"),
    "Experiments": (stages.Stage, stages.NEXT, "core/evidence/stages.py"),
    "Periods": (periods.PeriodState, periods.STEPS, "core/periods.py"),
}
BESIDE = {
    "Rounds": "What is adopted and held back is `hold`, what is told is `tell`; a round ends by itself once it is told, "
    "past the day until which one may appeal, and without an open appeal. Nothing of it changes then.",
    "Opinions": "Where one stands follows from its dates: asked, given, declined, set aside.",
    "Slates": "Where one stands follows from its dates: proposed, adopted, published, superseded.",
    "Changes": "Only a transfer is agreed, and it is granted once agreed; only a return is undone.",
}
OPENING = f"""# States

How things in the office live, drawn from the tables by which it lets a verb through or refuses it with `WRONG_STATE`.
Each table stands in the file named, and a test walks every pair of a state and a verb. No table have: tranches, which
follow their experiment and the hold in the ledger; messages, which wait until they are sent or not taken; and charges and
rejected rows of accounting, whose state is the scheduler's word.

Do not edit this page; after a change of a table: `{AGAIN}`
"""


def draw(table, states):
    """Draws a table as a Mermaid diagram: verbs that lead the same way share an arrow."""
    arrows = {}
    for (before, verb), after in table.items():
        arrows.setdefault((str(before), str(after)), []).append(str(verb))
    first = str(next(iter(states)))
    begins = {before for before, _ in arrows}
    lasts = [str(one) for one in states if str(one) not in begins]
    lines = [f"    [*] --> {first}"]
    lines += [f"    {a} --> {b}: {' / '.join(verbs)}" for (a, b), verbs in arrows.items()]
    lines += [f"    {one} --> [*]" for one in lasts]
    return "\n".join(("```mermaid", "stateDiagram-v2", *lines, "```"))


def render():
    """Writes the whole page."""
    parts = [OPENING]
    for name, (states, table, where) in LIVES.items():
        beside = f"{BESIDE[name]}\n\n" if name in BESIDE else ""
        parts.append(f"## {name}\n\n`{where}`\n\n{beside}{draw(table, states)}\n")
    return "\n".join(parts)


def ask(name, state, verb):
    """Takes a step the way the office does: gives the state after it, or the refusal."""
    if name in ("Rounds", "Requests"):
        return ask_row(requests if name == "Requests" else rounds, state, verb)
    if name == "Changes":
        what = {"agree": "transfer", "undo": "return"}.get(verb, "supplement")
        return asking.take_step("c-1", asking.What(what), state, verb)
    if name == "Winding down":
        notice = winddown.Notice(project="p", stage=state, noticed_at=DAY, last_at=DAY)
        return winddown.take_move(notice, verb)
    if name == "Periods":
        window = Window(starts_at=DAY, ends_at=DAY.replace(month=4))
        period = periods.Period(name="q", window=window, state=state, issuer="i")
        return periods.take_step(period, verb)
    if name == "Experiments":
        return stages.move_on(state, verb)
    lives = {"Appeals": appeals, "Directives": directives, "Opinions": opinions, "Slates": slates}
    return lives[name].take_step("x-1", state, verb)


def ask_row(module, state, verb):
    """Steps a row that is kept in no database, where the step itself needs none."""
    try:
        if module is requests:
            row = Request(ref="r-1", state=state)
            requests._step(row, verb)
            return row.state
        row = Round.objects.create(
            slug=f"{state}-{verb}",
            state=state,
            **{
                name: DAY.replace(month=month)
                for month, name in enumerate(rounds.Dates.__dataclass_fields__, start=3)
            },
        )
        return rounds._step(row, verb).state
    except Refused as refused:
        return refused.refusals[0]


def verbs_of(table):
    """Lists the verbs of a table: all of the enumeration, where it has one."""
    verb = next(iter(table))[1]
    kind = type(verb)
    return tuple(kind) if kind is not str else tuple(dict.fromkeys(verb for _, verb in table))


@pytest.mark.parametrize("name", LIVES)
def test_every_pair_of_a_state_and_a_verb_is_in_the_table_or_refused(db, name):
    states, table, _ = LIVES[name]
    wrong = []
    for state in states:
        for verb in verbs_of(table):
            found, wanted = ask(name, state, verb), table.get((state, verb))
            if isinstance(found, Refusal):
                as_said = wanted is None and found.code is Code.WRONG_STATE and found.remedy
            else:
                as_said = wanted is not None and found == wanted
            if not as_said:
                wrong.append((str(state), str(verb), found))
    assert wrong == []


TOLD_OTHERWISE = {"Tranche", "Message", "Charge", "Reject"}  # as the page of states says


def test_every_state_that_is_kept_comes_from_a_table():
    lives = [{str(one) for one in states} for states, _, _ in LIVES.values()]
    found = [
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("apportion.")
        for field in model._meta.fields
        if field.name in {"state", "stage"}
        and {str(value) for value, _ in field.choices or ()} not in lives
    ]
    assert set(found) - TOLD_OTHERWISE == set()


@pytest.mark.parametrize("name", LIVES)
def test_every_verb_of_a_life_leads_somewhere(name):
    _, table, _ = LIVES[name]
    assert set(verbs_of(table)) == {verb for _, verb in table}


@pytest.mark.parametrize("name", LIVES)
def test_every_state_can_be_reached(name):
    states, table, _ = LIVES[name]
    reached = {next(iter(states)), *table.values()}
    assert set(states) - reached == set()


def test_the_page_of_states_is_drawn_from_the_tables():
    assert STATES_PAGE.read_text() == render(), f"run: {AGAIN}"


if __name__ == "__main__":
    sys.stdout.write(render())

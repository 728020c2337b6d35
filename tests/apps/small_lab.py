"""A lab of two areas and a pool of 100 GPU-hours, for tests that need an office."""

from datetime import UTC, datetime, timedelta

from apportion.apps.apply.actions import Wish, save_draft, start_project, submit_request
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import write_opinion
from apportion.apps.rounds.actions import Dates, open_round
from apportion.apps.rounds.queries import find_area

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600
GPU = "gpu:h100"
POLICY = """schema = "apportion.round/1"
name = "Spring"
[resources."gpu:h100"]
unit = "hour"
[pool]
"gpu:h100" = 100
[[areas]]
id = "foundations"
name = "Foundations"
floor = { "gpu:h100" = 20 }
[[areas]]
id = "assistant"
name = "Assistant"
cap = { "gpu:h100" = 60 }
[decide]
objective = "merit"
size_exponent = 1
tie_seed = "0x1"
"""
DATES = Dates(
    requests_close_at=NOW + timedelta(days=7),
    reviews_due_at=NOW + timedelta(days=14),
    decision_at=NOW + timedelta(days=21),
    appeals_until_at=NOW + timedelta(days=35),
    credits_start_at=NOW + timedelta(days=30),
    credits_end_at=NOW + timedelta(days=120),
)


def people():
    """One person for each role, and a second researcher."""
    return {
        "ann": add_person(username="ann", name="Ann", roles=["researcher"]),
        "bob": add_person(username="bob", name="Bob", roles=["researcher"]),
        "rev": add_person(username="rev", name="Rev", roles=["reviewer"]),
        "eve": add_person(username="eve", name="Eve", roles=["board"]),
        "ops": add_person(username="ops", name="Ops", roles=["operator"]),
        "aud": add_person(username="aud", name="Aud", roles=["auditor"]),
    }


def open_spring(by, policy=POLICY, slug="spring"):
    """Opens the round."""
    return open_round(slug=slug, policy_toml=policy, dates=DATES, by=by, now=NOW)


def file_request(
    row, lead, slug, *, area="foundations", minimum=10, ask=40, score=None, reviewer=None
):
    """Starts a project, submits its request in hours, and scores it in points."""
    project = start_project(slug=slug, title=slug.title(), area=find_area(area), lead=lead, now=NOW)
    wish = Wish(
        title=slug.title(),
        question=f"Does {slug} work?",
        amounts={GPU: (minimum * HOUR, ask * HOUR)},
    )
    draft = save_draft(round_row=row, project=project, wish=wish, by=lead, now=NOW)
    request = submit_request(row=draft, by=lead, now=NOW)
    if score is not None:
        write_opinion(request=request, by=reviewer, score_hundredths=score * 100, now=NOW)
    return request

"""The tables of reviews as files."""

from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route
from apportion.apps.review import assigning, chasing, panels, queries
from apportion.apps.rounds.queries import find_round

MINE = ("request", "title", "round", "score", "assigned_at", "written_at")
JUDGES = ("name", "written", "waiting", "declined", "set_aside", "above", "outliers")
LOG = ("at", "request", "kind", "person", "words")
SHORT = ("request", "wanted", "found", "eligible", "full", "barred")
SUGGESTED = ("request", "title", "reviewer", "fit")
CONFLICTS = ("request", "reviewer", "why")


def _mine(visit: Visit) -> Rows:
    return [
        {
            "request": one.request.ref,
            "title": one.request.title,
            "round": one.request.round.slug,
            "score": None if one.score_hundredths is None else f"{one.score_hundredths / 100:.2f}",
            "assigned_at": one.assigned_at,
            "written_at": one.written_at,
        }
        for one in queries.reviews_of(visit.user)
    ]


def _judges(_: Visit, slug: str) -> Rows:
    """`above`: how much the reviewer scores above the others, in millionths of a point."""
    return [
        {
            **{name: getattr(one, name) for name in JUDGES if name != "above"},
            "above": one.severity.above if one.severity else None,
        }
        for one in panels.read_panel(find_round(slug)).judges
    ]


def _log(_: Visit, slug: str) -> Rows:
    return _told(chasing.happenings_of(find_round(slug)))


def _chair(_: Visit, slug: str) -> Rows:
    return _told(panels.told_to_chair(find_round(slug)))


def _told(rows: object) -> Rows:
    return [
        {
            "at": one.at,
            "request": one.request.ref,
            "kind": one.kind,
            "person": one.person.username if one.person else None,
            "words": one.words,
        }
        for one in rows  # type: ignore[attr-defined]  # rows of one table
    ]


def _short(visit: Visit, slug: str) -> Rows:
    plan = assigning.plan_round(find_round(slug), now=visit.now).plan
    return [
        {
            "request": one.ref,
            "wanted": one.wanted,
            "found": one.found,
            "eligible": one.eligible,
            "full": one.full,
            "barred": "; ".join(f"{why} {count}" for why, count in one.barred.items()),
        }
        for one in plan.short
    ]


def _suggested(_: Visit, slug: str) -> Rows:
    return [
        {
            "request": one.request.ref,
            "title": one.request.title,
            "reviewer": one.reviewer.username,
            "fit": one.fit,
        }
        for one in assigning.suggestions_of(find_round(slug))
    ]


def _conflicts(visit: Visit, slug: str) -> Rows:
    match = assigning.plan_round(find_round(slug), now=visit.now)
    return [
        {"request": ref, "reviewer": reviewer, "why": why}
        for (ref, reviewer), why in sorted(match.conflicts.items())
    ]


mine = file_route("review.write", "reviews", MINE, _mine)
judges = file_route("review.panel", "judges", JUDGES, _judges)
log = file_route("review.panel", "log", LOG, _log)
chair = file_route("review.panel", "chair", LOG, _chair)
short = file_route("review.assign", "short", SHORT, _short)
suggested = file_route("review.assign", "suggested", SUGGESTED, _suggested)
conflicts = file_route("review.assign", "conflicts", CONFLICTS, _conflicts)

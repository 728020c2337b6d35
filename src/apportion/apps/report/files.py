"""The tables of projects, alerts, experiments and periods as files."""

from apportion.apps.apply import queries as asking
from apportion.apps.evidence.queries import outcomes
from apportion.apps.ledger.queries import balances, grouped_statement
from apportion.apps.people.gates import Visit
from apportion.apps.people.queries import may
from apportion.apps.people.tables import Rows, file_route, listing_route, table_of
from apportion.apps.report import experiment_commands, period_commands
from apportion.apps.report.alert_queries import find_alerts
from apportion.apps.report.equity import look_at_equity
from apportion.apps.report.project_views import ahead_of, resource_shown
from apportion.core.evidence.calibration import team_records
from apportion.core.ledger import Key, Kind

PROJECTS = ("slug", "title", "area", "lead", "resource", "left")
ALERTS = ("project", "resource", "kind", "raised_at", "left", "acknowledged_at", "cleared_at")
TEAMS = (
    *("project", "awarded", "ended", "conclusive"),
    *("spent_of_estimated", "found_of_claimed"),
)
STATEMENT = ("at", "code", "source", "transfers", "amount")
ENDED = ("words", "jobs", "used", "percent")


def _projects(visit: Visit) -> Rows:
    """A row a project and resource, in base units; a project without a grant has one row."""
    left: dict[str, list[tuple[str | None, int | None]]] = {}
    for key, balance in balances(kind=Kind.PROJECT).items():
        left.setdefault(key.owner, []).append((key.unit, balance))
    return [
        {
            "slug": row.slug,
            "title": row.title,
            "area": row.area.slug,
            "lead": row.lead.username,
            "resource": resource,
            "left": amount,
        }
        for row in asking.search_projects(visit.GET.get("q", "").strip())
        for resource, amount in left.get(row.slug, [(None, None)])
    ]


def _alerts(visit: Visit) -> Rows:
    rows = find_alerts(None if may(visit.user, "ledger.see") else visit.user)
    return [
        {**{name: getattr(row, name) for name in ALERTS}, "project": row.project.slug}
        for row in rows
    ]


def _teams(_: Visit) -> Rows:
    return [{name: getattr(one, name) for name in TEAMS} for one in team_records(outcomes())]


def _statement(visit: Visit, slug: str) -> Rows:
    """In base units; the jobs of a month are one row."""
    asking.find_project(slug)
    _, resource = resource_shown(visit, balances(kind=Kind.PROJECT, owner=slug))
    entries = grouped_statement(Key(Kind.PROJECT, slug, resource))
    return [{name: getattr(one, name) for name in STATEMENT} for one in entries]


def _ended(visit: Visit, slug: str) -> Rows:
    _, found = ahead_of(visit, slug)
    return [{name: getattr(one, name) for name in ENDED} for one in (found.lost if found else ())]


def _treated(visit: Visit) -> Rows:
    _, found = look_at_equity(now=visit.now)
    return [{name: getattr(one, name) for name in TREATED} for one in found.areas]


def _listed(visit: Visit) -> Rows:
    return EXPERIMENTS[1](project=visit.GET.get("project", ""))


TREATED = ("area", "requests", "approved", "mean_cut", "approval_p", "cut_p")
EXPERIMENTS = table_of(experiment_commands.list_all)
projects = file_route("project.see", "projects", PROJECTS, _projects)
alerts = file_route("project.see", "alerts", ALERTS, _alerts)
experiments = file_route("project.see", "experiments", EXPERIMENTS[0], _listed)
teams = file_route("project.see", "teams", TEAMS, _teams)
looks = listing_route("project.see", "looks", experiment_commands.looks)
tranches = listing_route("project.see", "tranches", experiment_commands.tranches)
steps = listing_route("project.see", "steps", experiment_commands.show)
statement = file_route("project.see", "statement", STATEMENT, _statement)
ended = file_route("project.see", "ended", ENDED, _ended)
treated = file_route("equity.see", "treated", TREATED, _treated)
periods = listing_route("ledger.see", "periods", period_commands.show_all)
lapses = listing_route("ledger.see", "lapses", period_commands.show)

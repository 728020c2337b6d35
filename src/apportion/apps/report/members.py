"""Who works on a project, what each has used of its credits, and what each may use."""

from dataclasses import dataclass, replace
from datetime import datetime

from apportion.apps.apply.queries import Project
from apportion.apps.members.queries import is_in_force, newest_caps, workers_on
from apportion.apps.meter.queries import used_by_members
from apportion.apps.people.queries import Anyone
from apportion.apps.review.queries import hides_any_applicants

HIDDEN = "hidden while reviews are blind"
COLUMNS = ("username", "name", "role", "resource", "used", "cap", "left", "ends_at", "set_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One member and one resource. Units: base units; a cap that is None is none."""

    username: str
    name: str
    role: str  # lead, member, or gone: used some and works on it no more
    resource: str
    used: int
    cap: int | None
    ends_at: datetime | None
    set_by: str

    @property
    def left(self) -> int | None:
        """What the cap leaves, never below zero."""
        return None if self.cap is None else max(0, self.cap - self.used)

    @property
    def percent(self) -> int:
        """How much of the cap is used, at most all of it."""
        return 0 if not self.cap else min(100, 100 * self.used // self.cap)


def member_rows(
    project: Project, *, resource: str = "", viewer: Anyone | None = None, now: datetime
) -> list[MemberRow]:
    """Lists the lead, the members, and whoever used some and is gone; a row a resource.

    Shape: with `resource`, that one alone; without, those that were used or capped, and one empty
    row for somebody of whom there is neither. From a `viewer` who reviews blindly names are kept.
    """
    used = used_by_members(project.slug)
    caps = {
        (row.member.username, row.resource.code): row
        for row in newest_caps(project=project)
        if is_in_force(row, now)
    }
    people = {one.person.username: one for one in workers_on(project)}
    rows = []
    for username in [*people, *sorted(set(used) - set(people))]:
        one = people.get(username)
        mine = set(used.get(username, {})) | {c for u, c in caps if u == username}
        for code in [resource] if resource else sorted(mine) or [""]:
            cap = caps.get((username, code))
            if one is None and code not in mine:
                continue
            rows.append(
                MemberRow(
                    username=username,
                    name=str(one.person) if one else username,
                    role="gone" if one is None else "lead" if one.is_lead else "member",
                    resource=code,
                    used=used.get(username, {}).get(code, 0),
                    cap=cap.amount if cap else None,
                    ends_at=cap.ends_at if cap else None,
                    set_by=str(cap.set_by) if cap else "",
                )
            )
    if viewer is None or not hides_any_applicants(viewer):
        return rows
    own = viewer.get_username()
    return [
        row if row.username == own else replace(row, username="", name=HIDDEN, set_by="")
        for row in rows
    ]


def left_in_all(rows: list[MemberRow]) -> int:
    """Adds up what caps leave; it may come to more than the project has. Units: base units."""
    return sum(row.left or 0 for row in rows)


def cap_words(row: MemberRow, *, told: str) -> str:
    """Says what a cap comes to, also where more was used already."""
    if row.cap is not None and row.used >= row.cap:
        return f"{row.name} may use {told}, and has used that much: nothing more starts."
    return f"{row.name} may use {told}."


def row_of(project: Project, username: str, resource: str, *, now: datetime) -> MemberRow:
    """Finds the row of one member and one resource."""
    rows = member_rows(project, resource=resource, now=now)
    return next(row for row in rows if row.username == username)

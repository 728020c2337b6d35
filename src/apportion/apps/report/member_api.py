"""Members of projects and their caps, for programs."""

from pydantic import AwareDatetime, Field

from apportion.apps.apply.queries import find_project
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done
from apportion.apps.members.actions import bring_in, let_go, set_cap
from apportion.apps.people.queries import find_person
from apportion.apps.report.members import cap_words, member_rows, row_of

calls = Calls("members")
MANAGE = "project.members"


class MemberAnswer(Answer):
    """One member and one resource. Amounts are in base units; a cap that is null is none."""

    username: str
    name: str
    role: str = Field(description="lead, member, or gone: used some and works on it no more.")
    resource: str
    used: int
    cap: int | None
    left: int | None
    ends_at: AwareDatetime | None
    set_by: str


class CapBody(Body):
    """How much a member may ever use of a resource; null lifts the cap."""

    resource: str = Field(max_length=60)
    amount: int | None = Field(ge=0, description="In base units: seconds of one GPU or processor.")
    ends_at: AwareDatetime | None = Field(default=None, description="From then on there is none.")


@calls.rows("/projects/{slug}/members", "project.see", "project members", row=MemberAnswer)
def members(caller: Caller, slug: str) -> list[object]:
    """Lists who works on a project, what each used of it and may use."""
    return list(member_rows(find_project(slug), viewer=caller.user, now=caller.now))


@calls.act("/projects/{slug}/members/{username}", MANAGE, "project member add", method="PUT")
def add(caller: Caller, slug: str, username: str) -> Done:
    """Lets somebody work on a project."""
    person = find_person(username)
    bring_in(project=find_project(slug), person=person, by=caller.user, now=caller.now)
    return Done(ref=username, state="member", words=f"works on {slug}")


@calls.act("/projects/{slug}/members/{username}", MANAGE, "project member remove", method="DELETE")
def remove(caller: Caller, slug: str, username: str) -> Done:
    """Ends somebody's work on a project; what they used stays."""
    person = find_person(username)
    let_go(project=find_project(slug), person=person, by=caller.user, now=caller.now)
    return Done(ref=username, state="gone", words=f"no longer works on {slug}")


@calls.act("/projects/{slug}/members/{username}/cap", MANAGE, "project member cap", method="PUT")
def cap(caller: Caller, slug: str, username: str, body: CapBody) -> Done:
    """Caps what a member may ever use of a project's credits, or lifts the cap."""
    project, person = find_project(slug), find_person(username)
    set_cap(
        project=project,
        person=person,
        resource=body.resource,
        amount=body.amount,
        ends_at=body.ends_at,
        by=caller.user,
        now=caller.now,
    )
    if body.amount is None:
        return Done(ref=username, state="lifted", words=f"no cap of {body.resource}")
    row = row_of(project, username, body.resource, now=caller.now)
    told = f"{body.amount} base units of {body.resource}"
    return Done(ref=username, state="capped", words=cap_words(row, told=told))

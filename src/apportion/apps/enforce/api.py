"""Limits on the cluster, for programs: what is ordered, what holds, and mending it."""

from django.conf import settings
from pydantic import Field

from apportion.adapters.slurm.client import SlurmCluster
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.enforce import commands
from apportion.apps.enforce.actions import apply_limits, check_limits, check_setup
from apportion.apps.enforce.watching import acknowledge_alarm
from apportion.core.enforce.plan import Plan
from apportion.core.enforce.preflight import refusals_of
from apportion.core.refusals import Code, Refusal, Refused

calls = Calls("limits")


class PlannedStep(Answer):
    """One order that would mend a difference, and why."""

    association: str
    verb: str
    reason: str


class Finding(Answer):
    """Something that was found and no order mends."""

    subject: str
    what: str
    mend: str


class PlanAnswer(Answer):
    """What differs between the books and the scheduler; nothing where they match."""

    matches: bool
    steps: list[PlannedStep]
    findings: list[Finding]
    failures: list[str] = []


class CheckAnswer(Answer):
    """One look at the configuration of a cluster."""

    level: str
    subject: str
    what: str
    mend: str


class SetupAnswer(Answer):
    """Whether a cluster's configuration can be trusted with limits."""

    can_be_trusted: bool
    checks: list[CheckAnswer]


class Apply(Body):
    """Which plan was read; no newer one is applied."""

    generation: int | None = Field(default=None, ge=0)


LIMIT = "project resource cluster desired_minutes:n read_minutes:n applied:yes read_at:at"
ALARM = "alarm:n cluster project resource cause was:n now:n lost:n raised:at read_by"
ORDER = "cluster generation:n by at:at steps:n failures:n in_force_at:at"
calls.listing("/limits", "limits.see", commands.show, "limits list", row=row("LimitRow", LIMIT))
calls.listing(
    "/limits/found",
    "limits.see",
    commands.show_found,
    "limits show",
    row=row("FoundRow", "cluster subject what mend"),
)
calls.listing(
    "/limits/alarms", "limits.see", commands.alarms, "limits alarms", row=row("AlarmRow", ALARM)
)
calls.listing(
    "/limits/orders", "limits.see", commands.orders, "limits orders", row=row("OrderRow", ORDER)
)


@calls.act("/limits/alarms/{number}/acknowledge", "limits.apply", "limits acknowledge")
def acknowledge(caller: Caller, number: int) -> Done:
    """Notes that an alarm was looked into; where the site fails closed, the project goes on."""
    held = acknowledge_alarm(number=number, by=caller.user, now=caller.now)
    return Done(ref=str(held.pk), state="acknowledged", words=held.project.slug)


@calls.read(
    "/clusters/{cluster}/limits", "limits.see", "limits plan", "limits check", answer=PlanAnswer
)
def plan(caller: Caller, cluster: str) -> dict[str, object]:
    """Asks the scheduler which limits hold, and says what differs from the books."""
    return _tell(check_limits(scheduler=_scheduler(cluster), now=caller.now))


@calls.read("/clusters/{cluster}/preflight", "limits.see", "limits preflight", answer=SetupAnswer)
def preflight(_: Caller, cluster: str) -> dict[str, object]:
    """Looks whether the cluster's configuration can be trusted with limits."""
    checks = check_setup(scheduler=_scheduler(cluster))
    told = [
        {
            "level": one.level.value,
            "subject": one.subject,
            "what": one.what,
            "mend": one.mend or "",
        }
        for one in checks
    ]
    return {"can_be_trusted": not refusals_of(checks), "checks": told}


@calls.act("/clusters/{cluster}/limits", "limits.apply", "limits apply", answer=PlanAnswer)
def apply(caller: Caller, cluster: str, body: Apply) -> dict[str, object]:
    """Makes the limits what the books hold, and reads them back; repeating it changes nothing."""
    outcome = apply_limits(
        scheduler=_scheduler(cluster),
        by=caller.user,
        now=caller.now,
        expected=body.generation,
    )
    return _tell(outcome.after) | {"failures": [str(one) for one in outcome.failures]}


def _scheduler(name: str) -> SlurmCluster:
    """Gives a cluster that the site has named; no other word reaches a program of Slurm.

    Refuses: NOT_FOUND.
    """
    if name not in settings.APPORTION_SLURM:
        remedy = "The site names its clusters in APPORTION_SLURM."
        refusal = Refusal(code=Code.NOT_FOUND, subject=f"cluster {name!r}", remedy=remedy)
        raise Refused([refusal])
    return SlurmCluster(name)


def _tell(planned: Plan) -> dict[str, object]:
    return {
        "matches": planned.matches,
        "steps": [
            {"association": one.association, "verb": one.verb.value, "reason": one.reason}
            for one in planned.steps
        ],
        "findings": [
            {"subject": one.subject, "what": one.what, "mend": one.mend} for one in planned.findings
        ],
    }

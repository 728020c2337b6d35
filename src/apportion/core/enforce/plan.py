"""From what should hold and what does to the steps that mend the difference, each with its reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.names import association_of, is_account, is_user
from apportion.core.enforce.tree import Association, Minutes, Tree
from apportion.core.ids import ProjectId, ResourceCode

ROOT = "root"
PREFIX = "apportion_"  # of the QOS that holds one project's limit


class Means(StrEnum):
    """What holds a project's limit: its account, or a QOS that does not decay."""

    ACCOUNT = "account"
    QOS = "qos"


class FailMode(StrEnum):
    """What becomes of work that the office cannot judge: it goes on, or it waits."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the site chose."""

    pool: str = "apportion"
    means: Means = Means.ACCOUNT
    fail_mode: FailMode = FailMode.OPEN
    boost_qos: str = "codered"
    victims: str = "normal"  # the QOS whose running jobs a boosted job may requeue


class Verb(StrEnum):
    """What a step does, in the order in which steps are taken."""

    ADD_ACCOUNT = "add account"
    ADD_QOS = "add qos"
    SET_LIMIT = "set limit"
    SET_QOS_LIMIT = "set qos limit"
    USE_QOS = "use qos"
    HOLD = "hold submissions"
    FREE = "free submissions"
    ADD_BOOST = "add preempting qos"
    BOOST = "let preempt"
    UNBOOST = "let preempt no more"
    ADD_MEMBER = "add member"
    REMOVE_MEMBER = "remove member"
    SET_CAP = "set limit of member"
    LIFT_CAP = "lift limit of member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One order. Units: minutes per resource."""

    verb: Verb
    association: str
    reason: str
    generation: int
    project: ProjectId | None = None
    minutes: Minutes = field(default_factory=dict)
    parent: str = ""
    user: str = ""
    qos: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What differs and no order of the office mends, with what would."""

    subject: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What differs and what would mend it; nothing differs where `matches`."""

    generation: int
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]

    @property
    def matches(self) -> bool:
        """Says whether the scheduler allows exactly what the ledger holds."""
        return not (self.steps or self.findings)


def plan_limits(
    *, desired: Sequence[ProjectLimit], tree: Tree, site: Site, generation: int
) -> Plan:
    """Compares account by account; what the ledger does not name stays as it is.

    An account under the site's pool is the office's own: its members follow the books. One that
    stands elsewhere was made by somebody else, and gets its limit and nothing more.
    """
    unusable = dict(_unusable(desired, site))
    usable = [limit for limit in desired if limit.project not in unusable]
    office = _Office(tree=tree, site=site, generation=generation)
    steps = [step for limit in usable for step in office.steps_for(limit)]
    if any(step.verb is Verb.ADD_ACCOUNT for step in steps) and site.pool not in tree.associations:
        steps.append(office.add_pool())
    if any(step.verb is Verb.BOOST for step in steps) and site.boost_qos not in tree.qos:
        steps.append(office.add_boost())
    strays = _strays(usable, tree, site)
    if site.fail_mode is FailMode.CLOSED:
        steps.extend(office.hold_stray(name) for name in strays if not _is_held(tree, name))
    order = list(Verb)
    steps.sort(key=lambda step: (order.index(step.verb), step.association != site.pool))
    return Plan(
        generation=generation,
        steps=tuple(steps),
        findings=(
            *unusable.values(),
            *_member_findings(usable, tree),
            *(_stray_finding(name, site) for name in strays),
        ),
    )


def holder_of(association: str) -> str:
    """Names the QOS that holds the limit of an account, where QOS do."""
    return PREFIX + association


def holds(tree: Tree, association: str, site: Site) -> Minutes | None:
    """Reads the limits that count for an account; None where nothing would hold them.

    Units: minutes.
    """
    if association not in tree.associations:
        return None
    if site.means is Means.ACCOUNT:
        return tree.associations[association].minutes
    qos = tree.qos.get(holder_of(association))
    return qos.minutes if qos else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Office:
    """Writes the steps of one plan."""

    tree: Tree
    site: Site
    generation: int

    def steps_for(self, limit: ProjectLimit) -> Iterator[Step]:
        name = association_of(limit.project)
        there = self.tree.associations.get(name)
        if there is None:
            yield self._step(
                Verb.ADD_ACCOUNT,
                limit,
                "the scheduler knows no such account",
                parent=self.site.pool,
            )
        there = there or Association(name=name, parent=self.site.pool)
        yield from self._limit_steps(limit, there)
        yield from self._lever_steps(limit, there)
        if there.parent == self.site.pool:
            yield from self._member_steps(limit, there)
        if self.site.means is Means.ACCOUNT:  # a limit of a QOS would silence it
            yield from self._cap_steps(limit, there)

    def add_pool(self) -> Step:
        return Step(
            verb=Verb.ADD_ACCOUNT,
            association=self.site.pool,
            parent=ROOT,
            reason="the pool that the accounts of projects stand under",
            generation=self.generation,
        )

    def add_boost(self) -> Step:
        return Step(
            verb=Verb.ADD_BOOST,
            association=self.site.boost_qos,
            qos=self.site.victims,
            reason=f"its jobs go first and requeue those of {self.site.victims}",
            generation=self.generation,
        )

    def hold_stray(self, name: str) -> Step:
        return Step(
            verb=Verb.HOLD,
            association=name,
            reason="the books know no such project, and this site fails closed",
            generation=self.generation,
        )

    def _limit_steps(self, limit: ProjectLimit, there: Association) -> Iterator[Step]:
        means_account = self.site.means is Means.ACCOUNT
        found = holds(self.tree, there.name, self.site)
        differing = _differing(limit.minutes, found or {})
        qos = "" if means_account else holder_of(there.name)
        if not means_account and found is None:
            yield self._step(Verb.ADD_QOS, limit, "the limit needs a QOS of its own", qos=qos)
        if differing:
            verb = Verb.SET_LIMIT if means_account else Verb.SET_QOS_LIMIT
            minutes = {code: limit.minutes[code] for code in differing}
            yield self._step(verb, limit, "; ".join(differing.values()), minutes=minutes, qos=qos)
        if not means_account and (there.default_qos != qos or there.qos != {qos}):
            reason = "its jobs must run under the QOS that holds its limit, and under no other"
            yield self._step(Verb.USE_QOS, limit, reason, qos=qos)

    def _lever_steps(self, limit: ProjectLimit, there: Association) -> Iterator[Step]:
        if limit.hold and there.submit_jobs != 0:
            yield self._step(Verb.HOLD, limit, limit.hold)
        if limit.held and not limit.hold and there.submit_jobs == 0:
            yield self._step(Verb.FREE, limit, "what held its submissions is over")
        if self.site.means is Means.QOS:
            return
        boosted = self.site.boost_qos in there.qos
        if limit.boost and not boosted:
            yield self._step(Verb.BOOST, limit, limit.boost, qos=self.site.boost_qos)
        if boosted and not limit.boost:
            reason = "no directive lets it preempt"
            yield self._step(Verb.UNBOOST, limit, reason, qos=self.site.boost_qos)

    def _member_steps(self, limit: ProjectLimit, there: Association) -> Iterator[Step]:
        wanted = {user for user in limit.members if is_user(user)}
        for user in sorted(wanted - there.members):
            yield self._step(Verb.ADD_MEMBER, limit, f"{user} works on it", user=user)
        for user in sorted(there.members - wanted):
            if is_user(user):
                reason = f"{user} does not work on it any more"
                yield self._step(Verb.REMOVE_MEMBER, limit, reason, user=user)

    def _cap_steps(self, limit: ProjectLimit, there: Association) -> Iterator[Step]:
        """Orders what the lead said of members; limits of others stay as somebody made them."""
        mine = set(limit.members) if there.parent == self.site.pool else there.members
        for user in sorted(user for user in limit.caps if user in mine and is_user(user)):
            found = there.caps.get(user, {})
            wanted = {code: cap for code, cap in limit.caps[user].items() if cap is not None}
            if differing := _differing(wanted, found):
                minutes = {code: wanted[code] for code in differing}
                reason = f"{user}: {'; '.join(differing.values())}"
                yield self._step(Verb.SET_CAP, limit, reason, minutes=minutes, user=user)
            over = {code: 0 for code in limit.caps[user] if code not in wanted and code in found}
            if over:
                reason = f"{user} has no cap of {', '.join(sorted(over))} any more"
                yield self._step(Verb.LIFT_CAP, limit, reason, minutes=over, user=user)

    def _step(
        self,
        verb: Verb,
        limit: ProjectLimit,
        reason: str,
        *,
        minutes: Minutes | None = None,
        parent: str = "",
        user: str = "",
        qos: str = "",
    ) -> Step:
        return Step(
            verb=verb,
            association=association_of(limit.project),
            project=limit.project,
            reason=reason,
            generation=self.generation,
            minutes=minutes or {},
            parent=parent,
            user=user,
            qos=qos,
        )


def _differing(wanted: Minutes, found: Minutes) -> dict[ResourceCode, str]:
    return {
        code: f"{code} should be {minutes} minutes and is "
        + (f"{found[code]} minutes" if code in found else "no limit")
        for code, minutes in wanted.items()
        if found.get(code) != minutes
    }


def _unusable(desired: Sequence[ProjectLimit], site: Site) -> Iterator[tuple[ProjectId, Finding]]:
    """Finds projects that cannot have an account of their own, or whose orders would be wrong."""
    named: dict[str, list[ProjectId]] = {}
    for limit in desired:
        named.setdefault(association_of(limit.project), []).append(limit.project)
    for name, projects in named.items():
        for project in projects:
            if len(projects) > 1:
                what = "another project differs from it in case only, which Slurm does not see"
            elif not is_account(name) or name == site.pool:
                what = "its name cannot be an account: at most 60 of a-z 0-9 _ -"
            else:
                continue
            yield project, Finding(subject=project, what=what, mend="Rename the project.")


def _member_findings(desired: Iterable[ProjectLimit], tree: Tree) -> Iterator[Finding]:
    for limit in desired:
        for user in sorted(user for user in limit.members if not is_user(user)):
            what = f"{user!r} cannot be a Unix account, so the scheduler is not told of it"
            mend = "Give the person a sign-in name that is one."
            yield Finding(subject=limit.project, what=what, mend=mend)
        there = tree.associations.get(association_of(limit.project))
        for user in sorted(there.ghosts) if there else ():
            what = f"{user} has no Unix account where slurmctld runs; its jobs cannot start"
            mend = f"Create the account {user}, then run: scontrol reconfigure"
            yield Finding(subject=limit.project, what=what, mend=mend)


def _strays(desired: Sequence[ProjectLimit], tree: Tree, site: Site) -> list[str]:
    """Finds accounts under the pool that no project of the books has."""
    known: Mapping[str, object] = {association_of(limit.project): None for limit in desired}
    return sorted(
        name
        for name, there in tree.associations.items()
        if there.parent == site.pool and name not in known
    )


def _stray_finding(name: str, site: Site) -> Finding:
    return Finding(
        subject=name,
        what=f"an account under {site.pool} that no project with credits has; it has no limit",
        mend="Take it over with: apportion limits import; or delete it, or move it elsewhere.",
    )


def _is_held(tree: Tree, name: str) -> bool:
    return not is_account(name) or tree.associations[name].submit_jobs == 0

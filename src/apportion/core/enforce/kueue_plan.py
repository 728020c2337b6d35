"""From the queues that should stand and those that do to the steps that mend the difference."""

from collections.abc import Mapping
from dataclasses import dataclass

from apportion.core.enforce.kueue import Desired, Kind, Wanted
from apportion.core.ids import ProjectId

Place = tuple[Kind, str, str]  # kind, namespace, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One object as Kubernetes holds it.

    Shape: `generation` is that of the office's newest orders, 0 where the office never wrote it;
        `version` is the object's resourceVersion, which an order must name to be no surprise.
    """

    kind: Kind
    name: str
    namespace: str = ""
    fields: Mapping[str, str]
    generation: int = 0
    version: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that does not hold as it should; `actual` is None where there is no object."""

    wanted: Wanted
    field: str
    desired: str
    actual: str | None

    def __str__(self) -> str:
        """Tells what is, what should be, and why."""
        thing = f"{self.wanted.kind} {self.wanted.name}"
        if self.actual is None:
            return f"{thing} is missing: {self.wanted.why}"
        is_now = self.actual or "nothing"
        return (
            f"{thing}: {self.field} is {is_now}, should be {self.desired or 'nothing'}: "
            f"{self.wanted.why}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStep:
    """Writes one object; `version` is empty where it is to be made."""

    wanted: Wanted
    reasons: tuple[Difference, ...]
    generation: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlan:
    """What differs and what would mend it; nothing differs where `matches`."""

    steps: tuple[QueueStep, ...]
    unnameable: tuple[ProjectId, ...]
    ambiguous: tuple[ProjectId, ...]
    orphans: tuple[Place, ...]  # the office wrote them once, and no project answers for them now
    newer: tuple[Place, ...]  # newer orders stand there than those of this plan

    @property
    def matches(self) -> bool:
        """Says whether Kubernetes holds exactly what the books say."""
        return not (self.steps or self.unnameable or self.ambiguous or self.newer)


def plan_queues(*, desired: Desired, actual: Mapping[Place, Held], generation: int) -> QueuePlan:
    """Compares object by object and gives one step for each that differs.

    Fields that the office does not own, such as preemption, are the operator's and stay. An object
    that carries newer orders is left alone: this plan was made from older books.
    """
    steps: list[QueueStep] = []
    newer: list[Place] = []
    for wanted in desired.wanted:
        held = actual.get(place_of(wanted))
        differing = differences(wanted, held)
        if not differing:
            continue
        if held is not None and held.generation > generation:
            newer.append(place_of(wanted))
            continue
        version = held.version if held is not None else ""
        step = QueueStep(wanted=wanted, reasons=differing, generation=generation, version=version)
        steps.append(step)
    places = {place_of(wanted) for wanted in desired.wanted}
    orphans = [place for place, held in actual.items() if held.ours and place not in places]
    return QueuePlan(
        steps=tuple(steps),
        unnameable=desired.unnameable,
        ambiguous=desired.ambiguous,
        orphans=tuple(sorted(orphans)),
        newer=tuple(newer),
    )


def place_of(thing: Wanted | Held) -> Place:
    """Says where an object stands."""
    return (thing.kind, thing.namespace, thing.name)


def differences(wanted: Wanted, held: Held | None) -> tuple[Difference, ...]:
    """Lists the fields that do not hold; one for the whole object where there is none."""
    if held is None:
        return (Difference(wanted=wanted, field="", desired="", actual=None),)
    unlike = [
        (name, value, held.fields.get(name, ""))
        for name, value in sorted(wanted.fields.items())
        if held.fields.get(name, "") != value
    ]
    extra = [
        (name, "", value)
        for name, value in sorted(held.fields.items())
        if name.startswith("quota ") and name not in wanted.fields
    ]
    return tuple(
        Difference(wanted=wanted, field=name, desired=value, actual=now)
        for name, value, now in unlike + extra
    )

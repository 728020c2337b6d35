"""The life of a staged grant: a pilot first, then parts released against what the last one showed."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from apportion.core.evidence.conclude import Ending
from apportion.core.refusals import Code, Refusal

MOST_TRANCHES = 3
MOST_GROWTH = Fraction(3, 2)  # one re-estimate, at most one and a half times what was awarded


class Stage(StrEnum):
    """Where an experiment stands."""

    IDEA = "idea"
    PILOT = "pilot"
    EVIDENCE = "evidence"
    ESTIMATE = "estimate"
    DECISION = "decision"
    TRANCHE_1 = "tranche_1"
    TRANCHE_2 = "tranche_2"
    TRANCHE_3 = "tranche_3"
    VALIDATED = "validated"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    STOPPED_EARLY = "stopped_early"


class Step(StrEnum):
    """What moves an experiment on."""

    START_PILOT = "start_pilot"
    REPORT = "report"
    ESTIMATE = "estimate"
    NEED_MORE = "need_more"  # the pilot cannot carry an estimate
    ASK = "ask"
    AWARD = "award"
    DENY = "deny"
    GO_ON = "go_on"
    VALIDATE = "validate"
    REFUTE = "refute"
    LEAVE_OPEN = "leave_open"
    STOP = "stop"


TRANCHES = (Stage.TRANCHE_1, Stage.TRANCHE_2, Stage.TRANCHE_3)
ENDS = (Stage.VALIDATED, Stage.REFUTED, Stage.INCONCLUSIVE, Stage.STOPPED_EARLY)
ENDING_STEPS = {
    Ending.GO_ON: Step.GO_ON,
    Ending.VALIDATED: Step.VALIDATE,
    Ending.REFUTED: Step.REFUTE,
    Ending.INCONCLUSIVE: Step.LEAVE_OPEN,
    Ending.STOPPED_EARLY: Step.STOP,
}
NEXT: dict[tuple[Stage, Step], Stage] = {
    (Stage.IDEA, Step.START_PILOT): Stage.PILOT,
    (Stage.PILOT, Step.REPORT): Stage.EVIDENCE,
    (Stage.EVIDENCE, Step.NEED_MORE): Stage.PILOT,
    (Stage.EVIDENCE, Step.ESTIMATE): Stage.ESTIMATE,
    (Stage.ESTIMATE, Step.ASK): Stage.DECISION,
    (Stage.DECISION, Step.AWARD): Stage.TRANCHE_1,
    (Stage.DECISION, Step.DENY): Stage.ESTIMATE,  # what was learned stays; ask again
    (Stage.TRANCHE_1, Step.GO_ON): Stage.TRANCHE_2,
    (Stage.TRANCHE_2, Step.GO_ON): Stage.TRANCHE_3,
    **{
        (tranche, step): end
        for tranche in TRANCHES
        for step, end in zip(
            (Step.VALIDATE, Step.REFUTE, Step.LEAVE_OPEN, Step.STOP), ENDS, strict=True
        )
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """One part of an award. Units: amount in base units; runs of each arm when it is spent."""

    number: int  # from 1
    amount: int
    runs: int


def move_on(stage: Stage, step: Step) -> Stage | Refusal:
    """Gives the stage that a step leads to, or says why it does not.

    Refuses: WRONG_STATE.
    """
    found = NEXT.get((stage, step))
    if found is not None:
        return found
    possible = sorted(known.value for at, known in NEXT if at is stage)
    remedy = f"From here: {', '.join(possible)}." if possible else "It has ended; start a new one."
    return Refusal(code=Code.WRONG_STATE, subject=f"{step} in {stage}", remedy=remedy)


def split_award(amount: int, looks: tuple[int, ...]) -> tuple[Tranche, ...]:
    """Splits an award into the parts that pay the runs up to each look; they sum to the award.

    Units: amount in base units. Shape: looks hold runs of each arm, rising, one a tranche.
    """
    paid = [amount * count // looks[-1] for count in looks]
    parts = [now - before for before, now in zip([0, *paid], paid, strict=False)]
    return tuple(
        Tranche(number=place, amount=part, runs=count)
        for place, (part, count) in enumerate(zip(parts, looks, strict=True), start=1)
    )


def check_growth(awarded: int, wanted: int, *, earlier: int) -> Refusal | None:
    """Checks a re-estimate against what was agreed beforehand.

    Units: awarded and wanted in base units; `earlier` counts re-estimates so far.

    Refuses: ALREADY_DONE for a second one, OUT_OF_RANGE beyond one and a half times the award.
    """
    most = int(awarded * MOST_GROWTH)
    if earlier:
        remedy = "Let it end as it was planned, or ask in the next round."
        return Refusal(code=Code.ALREADY_DONE, subject="re-estimate", remedy=remedy)
    if wanted > most:
        return Refusal(
            code=Code.OUT_OF_RANGE,
            subject="re-estimate",
            remedy=f"Ask for at most {most}, one and a half times what was awarded.",
            numbers={"awarded": awarded, "wanted": wanted, "most": most},
        )
    return None

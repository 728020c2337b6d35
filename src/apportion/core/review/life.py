"""The life of one person's opinion of one request: asked, given, declined, set aside."""

from enum import StrEnum

from apportion.core.refusals import Refusal, refuse_step


class Stage(StrEnum):
    """Where an opinion stands."""

    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"
    SET_ASIDE = "set_aside"  # kept, and counts for nothing


class Verb(StrEnum):
    """What is done with an opinion."""

    ASK = "ask"  # asking twice asks once
    KEEP = "keep"  # what is typed, before it is given
    GIVE = "give"
    DECLINE = "decline"
    SET_ASIDE = "set_aside"  # a stake came to light


NEXT: dict[tuple[Stage, Verb], Stage] = {
    (Stage.ASKED, Verb.ASK): Stage.ASKED,
    (Stage.GIVEN, Verb.ASK): Stage.GIVEN,
    (Stage.ASKED, Verb.KEEP): Stage.ASKED,
    (Stage.GIVEN, Verb.KEEP): Stage.GIVEN,
    (Stage.DECLINED, Verb.KEEP): Stage.DECLINED,
    (Stage.ASKED, Verb.GIVE): Stage.GIVEN,
    (Stage.GIVEN, Verb.GIVE): Stage.GIVEN,
    (Stage.DECLINED, Verb.GIVE): Stage.GIVEN,  # whoever declined may think again
    (Stage.ASKED, Verb.DECLINE): Stage.DECLINED,
    (Stage.DECLINED, Verb.DECLINE): Stage.DECLINED,
    (Stage.ASKED, Verb.SET_ASIDE): Stage.SET_ASIDE,
    (Stage.GIVEN, Verb.SET_ASIDE): Stage.SET_ASIDE,
    (Stage.DECLINED, Verb.SET_ASIDE): Stage.SET_ASIDE,
}
REMEDIES = {
    (Stage.DECLINED, Verb.ASK): "They declined; ask somebody else.",
    (Stage.GIVEN, Verb.DECLINE): "It is given; change it, or declare a conflict if there is one.",
}


def stage_of(*, is_given: bool, is_declined: bool, is_set_aside: bool) -> Stage:
    """Tells where an opinion stands from what was done with it; what is set aside stays so."""
    if is_set_aside:
        return Stage.SET_ASIDE
    if is_declined:
        return Stage.DECLINED
    return Stage.GIVEN if is_given else Stage.ASKED


def take_step(request: str, stage: Stage, verb: Verb) -> Stage | Refusal:
    """Gives the stage after a verb.

    Refuses: WRONG_STATE.
    """
    remedy = REMEDIES.get((stage, verb), "It is set aside for a stake; somebody else has to read.")
    return NEXT.get((stage, verb)) or refuse_step(request, stage, verb, remedy)

"""Letting a verb through to an opinion, or refusing it, by the table of its life."""

from apportion.apps.review.queries import Written
from apportion.core.refusals import Refusal, Refused
from apportion.core.review.life import Stage, Verb, stage_of, take_step


def demand_step(opinion: Written, verb: Verb) -> Stage:
    """Passes where the verb leads somewhere, and says where.

    Refuses: WRONG_STATE.
    """
    stage = stage_of(
        is_given=opinion.written_at is not None,
        is_declined=opinion.declined_at is not None,
        is_set_aside=opinion.set_aside_at is not None,
    )
    after = take_step(opinion.request.ref, stage, verb)
    if isinstance(after, Refusal):
        raise Refused([after])
    return after

"""What sacctmgr said to each order of a batch: its prompt stands before every answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from apportion.core.enforce.plan import Step

PROMPT = "sacctmgr: "
DONE = ("Modified", "Adding", "Deleting", "Associations", "Nothing new added")
LONGEST = 300
QUIET = "Slurm said nothing of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was said to one order that Slurm did not carry out, as far as it says."""

    step: Step
    said: str


def read_answers(
    steps: Sequence[Step], text: str, *, errors: str = "", failed: bool
) -> tuple[Answer, ...]:
    """Finds the orders that Slurm answered with anything but that it did them.

    Only a hint for people: whether an order holds is decided by what is read back. Where the
    answers cannot be told apart, the whole text is the answer to the batch; an order without an
    answer of its own has what Slurm said of the batch on its standard error.
    """
    aside = " ".join(errors.split())[-LONGEST:] or QUIET
    parts = text.split(PROMPT)[1:]
    if len(parts) < len(steps):
        return (Answer(step=steps[0], said=text.strip() or aside),) if failed and steps else ()
    said = (part.partition("\n")[2].strip() for part in parts)
    return tuple(
        Answer(step=step, said=" ".join(words.split()) or aside)
        for step, words in zip(steps, said, strict=False)
        if not words.startswith(DONE)
    )

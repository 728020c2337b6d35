"""Who decides an appeal: people without any part in the decision, drawn by a seed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could decide, and what stands in the way; nothing where it is empty."""

    person: str
    barred: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Who was drawn, in the order drawn, and how many are still missing."""

    people: tuple[str, ...]
    missing: int


def candidates(
    board: Sequence[str],
    *,
    took_part: Mapping[str, str],
    ties: Mapping[str, str],
    recused: Mapping[str, str],
) -> tuple[Candidate, ...]:
    """Lists everybody of the board with why they may not decide, the plainest reason first.

    Shape: each mapping names people with the reason: a part in the first decision, a tie to the
        applicants or to those who decided, a recusal.
    """
    return tuple(
        Candidate(
            person=name,
            barred=took_part.get(name) or ties.get(name) or recused.get(name) or "",
        )
        for name in sorted(set(board))
    )


def draw(found: Sequence[Candidate], *, seed: str, wanted: int) -> Picked:
    """Draws deciders among those whom nothing bars: by the smallest hashes of seed and name.

    Whoever steps down leaves the others where they are: the next hash takes the empty chair.
    """
    free = [one.person for one in found if not one.barred]
    ordered = sorted(free, key=lambda name: place_of(seed, name))
    people = tuple(ordered[:wanted])
    return Picked(people=people, missing=wanted - len(people))


def place_of(seed: str, person: str) -> str:
    """Gives where a name stands in the draw; anyone can compute it again."""
    return hashlib.sha256(f"{seed}\n{person}".encode()).hexdigest()

"""Which other texts speak of the same thing: cosine of TF-IDF weights, by own hand."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_][\w-]{2,}")
# Words that every request has, besides those that are everywhere in English.
STOP_WORDS = """
the and for with that this whether from into are was were has have had not but its how what which when than
then them they their there here our can will would does should could may more most less least very also only
such each other any all one two model models training train trained run runs test
"""
STOP = frozenset(STOP_WORDS.split())
CLOSE = 0.35  # below this two questions share words, not a subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Something written, under a name."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Another text and how close it is: 1 is the same words, 0 shares none."""

    name: str
    closeness: float
    shared: tuple[str, ...]  # the words that weigh most in both


def find_alike(words: str, others: Sequence[Text], *, most: int = 3) -> tuple[Alike, ...]:
    """Finds the texts closest to the given words, closest first; those far away are left out."""
    counts = [Counter(stems(other.words)) for other in others]
    mine = Counter(stems(words))
    rarity = _rarity([*counts, mine])
    here = _weigh(mine, rarity)
    found = []
    for other, counted in zip(others, counts, strict=True):
        if not mine.keys() & counted.keys():
            continue
        there = _weigh(counted, rarity)
        parts = {word: here[word] * there[word] for word in here.keys() & there.keys()}
        closeness = sum(parts.values())
        if closeness >= CLOSE:
            shared = sorted(parts, key=lambda word: (-parts[word], word))[:4]
            found.append(Alike(name=other.name, closeness=closeness, shared=tuple(shared)))
    return tuple(sorted(found, key=lambda one: (-one.closeness, one.name))[:most])


def stems(words: str) -> list[str]:
    """Gives the words that carry a subject, lower case, without the plural."""
    carrying = (word for word in WORD.findall(words.lower()) if word not in STOP)
    return [word[:-1] if word.endswith("s") and len(word) > 4 else word for word in carrying]


def _rarity(counts: Sequence[Counter[str]]) -> dict[str, float]:
    """Weighs each word by how few texts hold it; smoothed, so that no weight is zero."""
    holding = Counter(word for counted in counts for word in counted)
    return {word: 1 + math.log((1 + len(counts)) / (1 + n)) for word, n in holding.items()}


def _weigh(counted: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    raw = {word: (1 + math.log(n)) * rarity[word] for word, n in counted.items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {word: weight / length for word, weight in raw.items()} if length else {}

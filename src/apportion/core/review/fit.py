"""How well a reviewer knows what a request is about: words shared, weighed by how rare they are."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apportion.core.apply.similar import stems

WHOLE = 1000  # fits are integers from 0 to this
OWN_WORDS = 3  # a keyword that somebody chose counts as often as this in what they read before
OF_AREA = WHOLE // 2  # what a shared area alone comes to


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a request is about."""

    ref: str
    words: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a reviewer knows: keywords and areas they named, and what they read or wrote before."""

    name: str
    keywords: str = ""
    areas: frozenset[str] = frozenset()
    past: str = ""


def fits(topics: Sequence[Topic], readers: Sequence[Reader]) -> npt.NDArray[np.int64]:
    """Measures every pair. Units: thousandths. Shape: a row per topic, a column per reader.

    Half is the area, where the reader named any; the rest the cosine of TF-IDF weights, with the
    best reader of each topic set to the whole, so that short texts are not all strangers.
    """
    if not topics or not readers:
        return np.zeros((len(topics), len(readers)), dtype=np.int64)
    asked = [Counter(stems(topic.words)) for topic in topics]
    known = [
        Counter(stems(" ".join([reader.keywords] * OWN_WORDS + [reader.past])))
        for reader in readers
    ]
    words = {word: place for place, word in enumerate(sorted(set().union(*asked, *known)))}
    holding = Counter(word for counted in (*asked, *known) for word in counted)
    total = len(asked) + len(known)
    rarity = np.array([1 + math.log((1 + total) / (1 + holding[word])) for word in words])
    alike = _weigh(asked, words, rarity) @ _weigh(known, words, rarity).T
    best = alike.max(axis=1, keepdims=True)
    shares = np.divide(alike, best, out=np.zeros_like(alike), where=best > 0)
    named = np.array([bool(reader.areas) for reader in readers])
    shared = np.array([[topic.area in reader.areas for reader in readers] for topic in topics])
    weight = np.where(named, WHOLE - OF_AREA, WHOLE)
    found: npt.NDArray[np.int64] = np.floor(shares * weight + shared * OF_AREA + 0.5).astype(
        np.int64
    )
    return found


def _weigh(
    texts: Sequence[Counter[str]], words: dict[str, int], rarity: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    found = np.zeros((len(texts), len(words)))
    for row, counted in enumerate(texts):
        for word, count in counted.items():
            found[row, words[word]] = (1 + math.log(count)) * rarity[words[word]]
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    weighed: npt.NDArray[np.float64] = np.divide(
        found, lengths, out=np.zeros_like(found), where=lengths > 0
    )
    return weighed

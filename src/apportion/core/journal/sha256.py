"""SHA-256 of many messages of one length, compiled: sixteen at a time, one in each lane.

Source: FIPS 180-4, section 6.2.
"""

from typing import Any, Literal

import numba
import numpy as np
from numba import uint32

LANES = 16
FIRST_PRIMES = 64
WORD = 2**32


def _roots() -> tuple[Any, Any]:
    """Gives the constants: the first 32 bits of the fractions of square and cube roots of primes."""
    primes = [n for n in range(2, 312) if all(n % d for d in range(2, n))][:FIRST_PRIMES]
    squares = [_root(p, 2) % WORD for p in primes[:8]]
    return np.array(squares, dtype=np.uint32), np.array(
        [_root(p, 3) % WORD for p in primes], dtype=np.uint32
    )


def _root(number: int, degree: int) -> int:
    """Gives the root times 2^32, rounded down, in integers."""
    whole, low, high = number << 32 * degree, 0, number << 32
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= whole else (low, middle - 1)
    return low


START, ROUND = _roots()


def _hash_lanes(messages: Any, hashes: Any) -> None:
    count, blocks = messages.shape[0], messages.shape[1] // 16
    words = np.zeros((64, LANES), np.uint32)
    state = np.empty((8, LANES), np.uint32)
    working = np.empty((8, LANES), np.uint32)
    for first in range(0, count, LANES):
        lanes = min(LANES, count - first)
        for part in range(8):
            state[part, :] = START[part]
        for block in range(blocks):
            for lane in range(lanes):
                for at in range(16):
                    words[at, lane] = messages[first + lane, 16 * block + at]
            _expand(words)
            _compress(words, state, working)
        for lane in range(lanes):
            for part in range(8):
                hashes[first + lane, part] = state[part, lane]


def _expand(words: Any) -> None:
    for at in range(16, 64):
        for lane in range(LANES):
            x, y = words[at - 15, lane], words[at - 2, lane]
            low = _turn(x, 7) ^ _turn(x, 18) ^ (x >> uint32(3))
            high = _turn(y, 17) ^ _turn(y, 19) ^ (y >> uint32(10))
            words[at, lane] = words[at - 16, lane] + low + words[at - 7, lane] + high


def _compress(words: Any, state: Any, working: Any) -> None:
    working[:, :] = state
    for at in range(64):
        # The eight registers turn by one place each round; here their names do instead.
        a, b, c, d = -at & 7, (1 - at) & 7, (2 - at) & 7, (3 - at) & 7
        e, f, g, h = (4 - at) & 7, (5 - at) & 7, (6 - at) & 7, (7 - at) & 7
        for lane in range(LANES):
            x, y, z = working[e, lane], working[f, lane], working[g, lane]
            mixed = (_turn(x, 6) ^ _turn(x, 11) ^ _turn(x, 25)) + ((x & y) ^ (~x & z))
            first = working[h, lane] + mixed + ROUND[at] + words[at, lane]
            x, y, z = working[a, lane], working[b, lane], working[c, lane]
            second = (_turn(x, 2) ^ _turn(x, 13) ^ _turn(x, 22)) + ((x & y) ^ (x & z) ^ (y & z))
            working[d, lane] += first
            working[h, lane] = first + second
    for part in range(8):
        for lane in range(LANES):
            state[part, lane] += working[part, lane]


def _turn(word: Any, places: int) -> Any:
    return (word >> uint32(places)) | (word << uint32(32 - places))


def _compiled(function: Any, *, inline: Literal["never", "always"] = "never") -> Any:
    """Compiles; keeps the result on disk where the installation may be written to."""
    try:
        return numba.njit(function, cache=True, nogil=True, inline=inline)
    except RuntimeError:  # numba finds no folder for it
        return numba.njit(function, nogil=True, inline=inline)


_turn = _compiled(_turn, inline="always")
_expand, _compress = _compiled(_expand), _compiled(_compress)
hash_lanes = _compiled(_hash_lanes)

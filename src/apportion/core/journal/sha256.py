"""SHA-256 of many messages of one length, compiled: sixteen at a time, one in each lane.

Source: FIPS 180-4, section 6.2.
"""

import sys
from typing import Any, Literal

import numba
import numpy as np
from numba import uint32

LANES = 16
BLOCK_WORDS = 16
SWAPPED = sys.byteorder == "little"  # the standard's words are big-endian
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


def _hash_rows(messages: Any, padded: Any, hashes: Any) -> None:
    count, width = messages.shape
    message_words = padded.view(np.uint32)
    words = np.zeros((64, LANES), np.uint32)
    state = np.empty((8, LANES), np.uint32)
    working = np.empty((8, LANES), np.uint32)
    for first in range(0, count, LANES):
        lanes = min(LANES, count - first)
        for lane in range(lanes):
            padded[lane, :width] = messages[first + lane]
        for part in range(8):
            state[part, :] = START[part]
        for start in range(0, message_words.shape[1], BLOCK_WORDS):
            for lane in range(LANES):
                for at in range(BLOCK_WORDS):
                    words[at, lane] = _big_endian(message_words[lane, start + at])
            _expand(words)
            _compress(words, state, working)
        for lane in range(lanes):
            for part in range(8):
                hashes[first + lane, part] = _big_endian(state[part, lane])


def _expand(words: Any) -> None:
    for at in range(16, 64):
        for lane in range(LANES):
            x, y = words[at - 15, lane], words[at - 2, lane]
            low = _turn(x, 7) ^ _turn(x, 18) ^ (x >> uint32(3))
            high = _turn(y, 17) ^ _turn(y, 19) ^ (y >> uint32(10))
            words[at, lane] = words[at - 16, lane] + low + words[at - 7, lane] + high


def _compress(words: Any, state: Any, working: Any) -> None:
    working[:, :] = state
    for eight in range(0, 64, 8):  # so many rounds keep a lane's registers out of memory
        for lane in range(LANES):
            a, b, c, d = working[0, lane], working[1, lane], working[2, lane], working[3, lane]
            e, f, g, h = working[4, lane], working[5, lane], working[6, lane], working[7, lane]
            for at in range(eight, eight + 8):
                mixed = (_turn(e, 6) ^ _turn(e, 11) ^ _turn(e, 25)) + ((e & f) ^ (~e & g))
                first = uint32(h + mixed + ROUND[at] + words[at, lane])
                second = (_turn(a, 2) ^ _turn(a, 13) ^ _turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
                h, g, f, e = g, f, e, uint32(d + first)
                d, c, b, a = c, b, a, uint32(first + second)
            working[0, lane], working[1, lane], working[2, lane], working[3, lane] = a, b, c, d
            working[4, lane], working[5, lane], working[6, lane], working[7, lane] = e, f, g, h
    for part in range(8):
        for lane in range(LANES):
            state[part, lane] += working[part, lane]


def _big_endian(word: Any) -> Any:
    if not SWAPPED:
        return word
    outer = (word << uint32(24)) | (word >> uint32(24))
    inner = ((word & uint32(0xFF00)) << uint32(8)) | ((word >> uint32(8)) & uint32(0xFF00))
    return uint32(outer | inner)


def _turn(word: Any, places: int) -> Any:
    return uint32((word >> uint32(places)) | (word << uint32(32 - places)))


def _compiled(function: Any, *, inline: Literal["never", "always"] = "never") -> Any:
    """Compiles; keeps the result on disk where the installation may be written to."""
    try:
        return numba.njit(function, cache=True, nogil=True, inline=inline)
    except RuntimeError:  # numba finds no folder for it
        return numba.njit(function, nogil=True, inline=inline)


_turn = _compiled(_turn, inline="always")
_big_endian = _compiled(_big_endian, inline="always")
_expand, _compress = _compiled(_expand), _compiled(_compress)
hash_rows = _compiled(_hash_rows)

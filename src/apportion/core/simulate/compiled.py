"""Compiles the kernels and keeps what was compiled, so that only the first start ever waits."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba

Given = ParamSpec("Given")
Told = TypeVar("Told")


def compiled(function: Callable[Given, Told]) -> Callable[Given, Told]:
    """Compiles a kernel over arrays; the machine code is kept beside the package or in a cache.

    Where there is no folder to keep it in, it is compiled again at every start.
    """
    try:
        fast: Any = numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # no folder to keep it in
        fast = numba.njit(function, nogil=True)
    told: Callable[Given, Told] = fast
    return told


def lean(function: Callable[Given, Told]) -> Callable[Given, Told]:
    """Compiles a kernel that makes no arrays of its own, so that none need be counted.

    Counting who holds the arrays of a state took nine tenths of the time of a replay.
    """
    njit: Any = numba.njit  # its stubs do not know `_nrt`
    try:
        fast: Any = njit(function, cache=True, nogil=True, _nrt=False)
    except RuntimeError:  # no folder to keep it in
        fast = njit(function, nogil=True, _nrt=False)
    told: Callable[Given, Told] = fast
    return told

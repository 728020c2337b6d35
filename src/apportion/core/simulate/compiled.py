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

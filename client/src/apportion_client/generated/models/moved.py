from typing import Literal

Moved = Literal["cap", "floor", "full", "in", "minimum", "out", "pool"]

MOVED_VALUES: set[Moved] = {
    "cap",
    "floor",
    "full",
    "in",
    "minimum",
    "out",
    "pool",
}


def check_moved(value: str) -> Moved:
    if value in MOVED_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MOVED_VALUES!r}")

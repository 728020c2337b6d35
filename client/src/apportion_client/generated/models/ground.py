from typing import Literal

Ground = Literal["conflict", "evidence", "fact", "rule", "unusable"]

GROUND_VALUES: set[Ground] = {
    "conflict",
    "evidence",
    "fact",
    "rule",
    "unusable",
}


def check_ground(value: str) -> Ground:
    if value in GROUND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GROUND_VALUES!r}")

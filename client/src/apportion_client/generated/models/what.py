from typing import Literal

What = Literal["advance", "extension", "return", "supplement", "transfer"]

WHAT_VALUES: set[What] = {
    "advance",
    "extension",
    "return",
    "supplement",
    "transfer",
}


def check_what(value: str) -> What:
    if value in WHAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WHAT_VALUES!r}")

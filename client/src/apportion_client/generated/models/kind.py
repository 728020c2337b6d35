from typing import Literal

Kind = Literal["auditor", "board", "operator", "researcher", "reviewer"]

KIND_VALUES: set[Kind] = {
    "auditor",
    "board",
    "operator",
    "researcher",
    "reviewer",
}


def check_kind(value: str) -> Kind:
    if value in KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KIND_VALUES!r}")

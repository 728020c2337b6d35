from typing import Literal

Verb = Literal["dismiss", "part", "propose", "recuse", "send_back", "uphold", "withdraw"]

VERB_VALUES: set[Verb] = {
    "dismiss",
    "part",
    "propose",
    "recuse",
    "send_back",
    "uphold",
    "withdraw",
}


def check_verb(value: str) -> Verb:
    if value in VERB_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VERB_VALUES!r}")

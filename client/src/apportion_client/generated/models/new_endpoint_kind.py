from typing import Literal

NewEndpointKind = Literal["chat", "webhook"]

NEW_ENDPOINT_KIND_VALUES: set[NewEndpointKind] = {
    "chat",
    "webhook",
}


def check_new_endpoint_kind(value: str) -> NewEndpointKind:
    if value in NEW_ENDPOINT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_ENDPOINT_KIND_VALUES!r}")

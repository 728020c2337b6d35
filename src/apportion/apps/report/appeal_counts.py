"""Appeals as the public record counts them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeals:
    """All appeals ever filed. Shape: `upheld` changed the decision; `open` wait for an answer."""

    filed: int
    upheld: int
    open: int


def count_appeals() -> Appeals:
    """Counts them; there is no way yet to file one."""
    return Appeals(filed=0, upheld=0, open=0)

"""Appeals as the public record counts them."""

from dataclasses import dataclass

from apportion.apps.appeal.queries import counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeals:
    """All appeals ever filed. Shape: `upheld` changed the decision; `open` wait for an answer."""

    filed: int
    upheld: int
    open: int


def count_appeals() -> Appeals:
    """Counts them; those that were withdrawn are not counted."""
    filed, upheld, waiting = counts()
    return Appeals(filed=filed, upheld=upheld, open=waiting)

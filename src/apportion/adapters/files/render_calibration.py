"""The reviewers of a round as a model, in words and as plain values for JSON."""

from typing import Any

from apportion.adapters.terminal.render import Layout, render_rows
from apportion.core.decide.worth import decimal_text
from apportion.core.review.calibration import MICRO, Calibration

MEANS = {
    "request": "what requests differ by",
    "reviewer": "what reviewers differ by, lenient to severe",
    "panel": "what panels differ by",
    "noise": "what one reviewer's opinion differs by, for no reason seen",
}
PLACES = 6


def calibration_values(calibration: Calibration) -> dict[str, Any]:
    """The whole model. Units: points and squared points, as decimals."""
    agreement = calibration.agreement
    return {
        "opinions": calibration.opinions,
        "why_not": calibration.why_not,
        "agreement": None if agreement is None else _points(round(agreement * MICRO)),
        "components": [
            {"name": part.name, "variance": _maybe(part.variance), "why_not": part.why_not}
            for part in calibration.components
        ],
        "requests": [
            {
                "request": belief.request,
                "opinions": belief.opinions,
                "average": _points(belief.average),
                "mean": _points(belief.mean),
                "sd": _points(belief.sd),
                "low": _points(belief.low),
                "high": _points(belief.high),
            }
            for belief in calibration.beliefs
        ],
        "reviewers": [
            {"reviewer": one.reviewer, "opinions": one.opinions, "above": _maybe(one.above)}
            for one in calibration.severities
        ],
    }


def calibration_text(calibration: Calibration) -> str:
    """The model for a terminal: variances, requests with their intervals, reviewers."""
    parts = [f"{calibration.opinions} opinions", _components(calibration)]
    values = calibration_values(calibration)
    if calibration.why_not:
        parts.append(f"No intervals: {calibration.why_not}.")
    else:
        parts.append(_agreement(calibration))
        parts.append("Requests, with the interval that holds the true score 95 times in 100")
        parts.append(_table(values["requests"]))
    parts += ["Reviewers, and how far above the others they score", _table(values["reviewers"])]
    return "\n\n".join(parts)


def _components(calibration: Calibration) -> str:
    lines = []
    for part in calibration.components:
        told = part.why_not
        if part.variance is not None:
            told = f"{part.variance / MICRO:.4f}  {MEANS[part.name]}"
        lines.append(f"  {part.name:<9} {told}")
    return "\n".join(["Variances, in squared points", *lines])


def _agreement(calibration: Calibration) -> str:
    agreement = calibration.agreement
    if agreement is None:
        return "Opinions do not differ, so there is nothing to agree on."
    return (
        f"Of what opinions differ by, {float(agreement):.0%} is the requests' own "
        "(intraclass correlation); the rest is who happened to read."
    )


def _table(rows: list[dict[str, Any]]) -> str:
    return render_rows(rows, tuple(rows[0]) if rows else (), Layout())


def _points(micro: int) -> str:
    return f"-{decimal_text(-micro, PLACES)}" if micro < 0 else decimal_text(micro, PLACES)


def _maybe(micro: int | None) -> str | None:
    return None if micro is None else _points(micro)

"""Metrics in the text format that Prometheus scrapes.

Source: Prometheus exposition formats, text format 0.0.4.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})
HELP_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One number, and what it is about."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Numbers of one name; all of them may go up and down."""

    name: str
    help: str
    samples: tuple[Sample, ...]


def render_metrics(metrics: Iterable[Metric]) -> str:
    """Writes each metric with its help and its samples, in the order given."""
    return "".join(line + "\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterable[str]:
    yield f"# HELP {metric.name} {metric.help.translate(HELP_ESCAPES)}"
    yield f"# TYPE {metric.name} gauge"
    for sample in metric.samples:
        labels = ",".join(
            f'{name}="{value.translate(ESCAPES)}"' for name, value in sample.labels.items()
        )
        yield (
            f"{metric.name}{{{labels}}} {_number(sample.value)}"
            if labels
            else (f"{metric.name} {_number(sample.value)}")
        )


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)

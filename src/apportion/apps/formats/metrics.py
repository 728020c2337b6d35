"""What the office measures of itself: one list of metrics, each with all its samples."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from apportion import __version__
from apportion.adapters.prometheus.render import Metric, Sample
from apportion.apps.apply.counts import count_by_state
from apportion.apps.directive.queries import directives_told
from apportion.apps.enforce.queries import cluster_states, count_unconfirmed, list_alarms
from apportion.apps.ledger.pulse import take_pulse
from apportion.apps.ledger.queries import balances
from apportion.apps.meter.collecting import collectors_with_rejects
from apportion.apps.meter.queries import Balance, balance_rows
from apportion.apps.rounds.queries import RateCard, rate_card
from apportion.core.directive.terms import State
from apportion.core.ledger import Kind
from apportion.core.units import BASE_UNITS, MICROCREDITS_PER_CREDIT


def gather_metrics(*, now: datetime) -> list[Metric]:
    """Reads everything that is worth a graph or an alarm, in a fixed order of names."""
    return [
        _metric("info", "The version of the office.", [({"version": __version__}, 1)]),
        *_of_balances(now),
        *_of_clusters(now),
        *_of_books(now),
        _metric(
            "requests",
            "Requests, by round and state.",
            [
                ({"round": slug, "state": state}, count)
                for (slug, state), count in sorted(count_by_state().items())
            ],
        ),
        _metric(
            "directives_in_force",
            "Directives in force.",
            [({}, sum(row.state == State.IN_FORCE for row in directives_told()))],
        ),
    ]


def _of_balances(now: datetime) -> Iterable[Metric]:
    rows, card = balance_rows(), rate_card()
    columns: tuple[tuple[str, str, Callable[[Balance], int]], ...] = (
        ("granted_units", "What a project was granted, in display units.", lambda row: row.granted),
        ("used_units", "What a project used, in display units.", lambda row: row.used),
        ("overrun_units", "What a project used beyond its balance.", lambda row: row.overrun),
        ("balance_units", "What a project has left, in display units.", lambda row: row.left),
    )
    for name, words, read in columns:
        samples = [(_labels(row), read(row) / BASE_UNITS[row.unit]) for row in rows]
        yield _metric(name, words, samples)
    worth = _credits(rows, card, now)
    yield _metric(
        "balance_credits",
        "What a project has left, at the rates in force.",
        [({"project": slug}, micro / MICROCREDITS_PER_CREDIT) for slug, micro in worth.items()],
    )
    waiting = balances(kind=Kind.SUSPENSE)
    seconds: Counter[str] = Counter()
    for key, balance in waiting.items():
        seconds[key.unit] += abs(balance)
    yield _metric(
        "suspense_seconds",
        "Usage whose project is not known, in base units.",
        [({"resource": code}, size) for code, size in sorted(seconds.items())],
    )


def _credits(rows: Iterable[Balance], card: RateCard, now: datetime) -> Mapping[str, int]:
    worth: dict[str, int] = {}
    for row in rows:
        worth[row.project] = worth.get(row.project, 0) + card.price(row.resource, row.left, now)
    return worth


def _of_clusters(now: datetime) -> Iterable[Metric]:
    states, collectors = cluster_states(), collectors_with_rejects()
    yield _metric(
        "limit_drift",
        "Differences between the books and a scheduler, at the newest look.",
        [({"cluster": row.name}, 0 if row.matches else max(len(row.found), 1)) for row in states],
    )
    yield _metric(
        "last_look_seconds",
        "Since a scheduler was last looked at.",
        [
            ({"cluster": row.name}, _seconds(now, row.looked_at))
            for row in states
            if row.looked_at is not None
        ],
    )
    yield _metric(
        "limits_unconfirmed",
        "Limits that no scheduler has read back.",
        [({}, count_unconfirmed())],
    )
    yield _metric(
        "counter_alarms",
        "Alarms of counters that wait for somebody.",
        [({}, len(list_alarms(waiting=True)))],
    )
    yield _metric(
        "last_sync_seconds",
        "Since a cluster's accounting was last read.",
        [
            ({"cluster": row.cluster}, _seconds(now, row.synced_at))
            for row in collectors
            if row.synced_at is not None
        ],
    )
    yield _metric(
        "metering_lag_seconds",
        "How far behind now a cluster's accounting is complete.",
        [({"cluster": row.cluster}, _seconds(now, row.covered_until)) for row in collectors],
    )
    yield _metric(
        "rejected_rows",
        "Rows of accounting that wait for a mend.",
        [({"cluster": row.cluster}, row.rejected) for row in collectors],  # type: ignore[attr-defined]  # counted by the query
    )


def _of_books(now: datetime) -> Iterable[Metric]:
    pulse = take_pulse(now=now)
    lapsed = pulse.oldest_lapsed_at
    yield _metric("journal_leaves", "Leaves of the journal.", [({}, pulse.leaves)])
    yield _metric("transfers", "Transfers in the books.", [({}, pulse.transfers)])
    yield _metric(
        "holds_open", "Holds that are neither taken nor released.", [({}, pulse.holds_open)]
    )
    yield _metric(
        "queue_seconds",
        "How long the oldest work that is due has waited.",
        [({}, 0 if lapsed is None else _seconds(now, lapsed))],
    )


def _metric(name: str, words: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Metric:
    return Metric(
        name=f"apportion_{name}",
        help=words,
        samples=tuple(Sample(value=value, labels=labels) for labels, value in samples),
    )


def _labels(row: Balance) -> dict[str, str]:
    return {"project": row.project, "resource": row.resource, "unit": row.unit.value}


def _seconds(now: datetime, since: datetime) -> float:
    return (now - since).total_seconds()

"""The public decisions as a feed: those that the public record tells one by one, and no others."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from apportion.adapters.atom.render import Entry, Feed
from apportion.apps.decide.history import decided_awards
from apportion.apps.decide.news import published_at_of
from apportion.apps.report.singles import write_singles
from apportion.apps.rounds.queries import resource_units
from apportion.apps.rounds.wording import listed, unit_label, write_amount
from apportion.core.units import DisplayUnit

MOST = 100
WORDS = {
    "full": "granted",
    "partial": "granted in part",
    "minimum": "granted at the minimum",
    "not_yet": "not yet",
}


def feed_of(*, self_href: str, site: str, now: datetime) -> Feed:
    """Gathers the newest public decisions."""
    told = write_singles(decided_awards())["told"]
    published = published_at_of([one["request"] for one in told])
    units = resource_units()
    known = [one for one in told if one["request"] in published]
    known.sort(key=lambda one: (published[one["request"]], one["request"]), reverse=True)
    return Feed(
        key=settings.APPORTION_JOURNAL_NAME or settings.APPORTION_LAB_NAME,
        title=f"{settings.APPORTION_LAB_NAME}: decisions on compute",
        author=settings.APPORTION_LAB_NAME,
        at=now,
        self_href=self_href,
        entries=[
            Entry(
                key=f"{one['request']}/{one['outcome']}",
                title=f"{one['request']}: {WORDS.get(one['outcome'], one['outcome'])}",
                words=_amounts(one, units),
                at=published[one["request"]],
                href=f"{site}{reverse('report:record')}",
            )
            for one in known[:MOST]
        ],
    )


def _amounts(one: dict[str, dict[str, int]], units: dict[str, DisplayUnit]) -> str:
    parts = []
    for code, asked in sorted(one["asked"].items()):
        unit = units.get(code, DisplayUnit.HOUR)
        given = write_amount(one["awarded"][code], unit)
        parts.append(f"{given} of {write_amount(asked, unit)} {unit_label(code, unit)}")
    return f"Project {one['project']}, round {one['round']}: {listed(parts)}."

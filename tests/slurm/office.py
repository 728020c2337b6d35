"""An office on disk with one round that runs now, for what a process of its own does to it.

python office.py DATA_FOLDER ACCOUNT...
"""

import os
import sys
from datetime import UTC, datetime, timedelta


def main(data, accounts):
    """Makes the office: an operator, a round, and a project for each account."""
    os.environ["APPORTION_DATA"] = data  # noqa: TID251  before settings load
    os.environ["DJANGO_SETTINGS_MODULE"] = "apportion.office.settings"  # noqa: TID251  likewise
    from apportion.office.cli import run

    assert run(["init", "--data", data]) == 0
    from apportion.apps.apply.actions import start_project
    from apportion.apps.rounds.actions import Dates, open_round
    from apportion.apps.rounds.queries import find_area
    from tests.apps.small_lab import POLICY, people

    folk = people()
    now = datetime.now(UTC)  # noqa: TID251  the cluster's jobs run in real time
    begin = now - timedelta(days=90)
    dates = Dates(
        requests_close_at=begin + timedelta(days=1),
        reviews_due_at=begin + timedelta(days=2),
        decision_at=begin + timedelta(days=3),
        appeals_until_at=begin + timedelta(days=4),
        credits_start_at=begin + timedelta(days=5),
        credits_end_at=now + timedelta(days=90),
    )
    open_round(slug="spring", policy_toml=POLICY, dates=dates, by=folk["eve"], now=begin)
    for slug in accounts:
        area = find_area("foundations")
        start_project(slug=slug, title=slug, area=area, lead=folk["ann"], now=now)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

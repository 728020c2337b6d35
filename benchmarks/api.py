"""Calls of the API a second of CPU, beside an empty view in the same run and the same office.

Run: PYTHONPATH=src:. .venv/bin/python benchmarks/api.py
"""

import os
import sys
import tempfile
import time
from http import HTTPStatus

ROUNDS = 3
CALLS = 150
ROWS = 60


def main() -> None:
    """Makes an office, calls it in this thread, and prints calls a second of CPU, the best round."""
    import django

    os.environ.update(  # noqa: TID251  an office of its own, before its settings are read
        DJANGO_SETTINGS_MODULE="apportion.office.settings",
        APPORTION_DATA=tempfile.mkdtemp(prefix="apportion-bench-"),
        APPORTION_API_CALLS="0",
        APPORTION_ALLOWED_HOSTS="testserver",
    )
    django.setup()
    from django.core.management import call_command
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import path

    from apportion.office import clock, urls

    call_command("migrate", verbosity=0)
    raw = _fill(clock.now())
    urls.urlpatterns.insert(0, path("empty", lambda _: HttpResponse(b"{}")))
    client, shown = Client(), {"Authorization": f"Bearer {raw}"}
    cases = {
        "empty view": ("/empty", {}),
        "one row": ("/api/v1/projects/p7", shown),
        "50 rows": ("/api/v1/projects?limit=50", shown),
    }
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, (address, headers) in cases.items():
            best[name] = max(best.get(name, 0.0), _pace(client, address, headers))
    for name, pace in best.items():
        print(f"{name:>10}: {pace:7.0f} calls a second of CPU")


def _fill(now: object) -> str:
    from apportion.apps.apply.actions import start_project
    from apportion.apps.people.actions import add_person
    from apportion.apps.people.tokens import create_token
    from apportion.apps.rounds.queries import find_area
    from tests.apps.small_lab import open_spring

    ann = add_person(username="ann", name="Ann", roles=["researcher", "board"])
    open_spring(ann)
    for number in range(ROWS):
        area = find_area("foundations")
        start_project(slug=f"p{number}", title=f"P {number}", area=area, lead=ann, now=now)
    return create_token(by=ann, name="bench", scopes=["all:read"], days=1, now=now)[1]


def _pace(client: object, address: str, headers: dict[str, str]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        answer = client.get(address, headers=headers)
        if answer.status_code != HTTPStatus.OK:
            sys.exit(f"{address}: {answer.status_code} {answer.content[:200]!r}")
    return CALLS / (time.process_time() - start)


if __name__ == "__main__":
    main()

"""Pages of one office process at 2,000 projects, 10,000 awards and 500 pending requests.

    python benchmarks/pages.py [--quick] [--json] [--no-peer] [--coldfront PYTHON]

Wall milliseconds an HTTP client waits, signed in by a session cookie, a new connection each time,
and the CPU milliseconds of the server meanwhile; medians of turns. What the office does by itself
when it starts (10,000 people's news and alerts) is waited for first. Beside it in the same run
stands ColdFront 1.1.10 under gunicorn with one worker and the same sizes, in an environment of its
own (made where no PYTHON that has it is given): one page of ours, one of theirs, and so on.
"""

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "client" / "src")]

Sizes = tuple[int, int, int]  # projects, awards, pending requests
Page = tuple[int, str, str]  # port, path, session
SETTLE_SECONDS, QUIET_MS = 180, 40
REVIEWERS = 12  # of the pending requests, each of which has three opinions
FULL, QUICK = (2_000, 10_000, 500), (200, 1_000, 50)
TURNS, QUICK_TURNS = 9, 3
PENDING = "/rounds/spring/requests/"
LIST_MS, REQUEST_MS, TIMES = 150.0, 100.0, 20.0
PAGES = {  # who opens it
    PENDING: "eve",
    "/rounds/spring/decide/": "eve",
    "/requests/req-3/": "ann",
    "/": "eve",
    "/rounds/": "eve",
    "/rounds/spring/": "eve",
    "/mine/requests/": "ann",
    "/mine/reviews/": "rev",
    "/review/spring/panel/": "eve",
    "/projects/": "eve",
    "/projects/p1/": "ann",
    "/standing/": "eve",
    "/changes/": "eve",
    "/appeals/": "eve",
    "/alerts/": "eve",
    "/fastlane/": "eve",
    "/people/": "ops",
    "/ledger/": "eve",
    "/metering/": "ops",
    "/enforcement/": "ops",
}
PEER_PENDING = "/allocation/request-list"
PEER_PAGES = (
    PEER_PENDING,
    "/allocation/?show_all_allocations=on",
    "/project/?show_all_projects=on",
)
FILL_PEER = """
import django, sys
django.setup()
from coldfront.core.allocation.models import Allocation, AllocationStatusChoice
from coldfront.core.project.models import Project, ProjectStatusChoice
from coldfront.core.resource.models import Resource, ResourceType
from django.contrib.auth.models import User
from django.test import Client
projects, awards, pending = map(int, sys.argv[1:])
chair = User.objects.create_superuser("chair", first_name="C", last_name="X")
lead = User.objects.create_user("ann", first_name="Ann", last_name="X")
cluster = Resource.objects.create(
    name="gpu", description="GPU", resource_type=ResourceType.objects.get(name="Cluster"))
active = ProjectStatusChoice.objects.get(name="Active")
rows = Project.objects.bulk_create(
    Project(title=f"Project {n}", pi=lead, status=active, description="Does it work? " * 3)
    for n in range(projects))
state = {s.name: s for s in AllocationStatusChoice.objects.all()}
filed = Allocation.objects.bulk_create(
    Allocation(project=rows[n % projects], justification="?", start_date="2026-01-01",
        end_date="2027-12-31", quantity=1 + n % 9, status=state["New" if n < pending else "Active"])
    for n in range(pending + awards))
link = Allocation.resources.through
link.objects.bulk_create(link(allocation=row, resource=cluster) for row in filed)
client = Client()
client.force_login(chair)
print(client.cookies["sessionid"].value)
"""


def main() -> None:
    """Opens both, measures, and prints."""
    flags = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    flags.add_argument("--quick", action="store_true", help=f"{QUICK}, fewer turns")
    flags.add_argument("--json", action="store_true", help="as a list of results")
    flags.add_argument("--no-peer", action="store_true", help="without ColdFront")
    flags.add_argument("--coldfront", metavar="PYTHON", help="that has coldfront and gunicorn")
    given = flags.parse_args()
    sizes, turns = (QUICK, QUICK_TURNS) if given.quick else (FULL, TURNS)
    with tempfile.TemporaryDirectory(prefix="pages-", ignore_cleanup_errors=True) as name:
        results = race(Path(name), sizes, turns, peer=not given.no_peer, python=given.coldfront)
    if given.json:
        print(json.dumps(results, indent=1))
        return
    print(f"{'':54}{'ours':>9}{'peer':>9}{'ratio':>8}{'target':>8}")
    for row in results:
        peer = "" if row["peer"] is None else f"{row['peer']:.1f}"
        word = {True: "met", False: "missed", None: ""}[row["met"]]
        target = "" if row["target"] is None else f"{row['target']:g}"
        ours = "" if row["ours"] is None else f"{row['ours']:.1f}"
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.3f}"
        print(f"{row['name']:54}{ours:>9}{peer:>9}{ratio:>8}{target:>8} {word}")


def race(
    folder: Path, sizes: Sizes, turns: int, *, peer: bool, python: str | None
) -> list[dict[str, Any]]:
    """Measures ours, and the peer while ours is open."""
    cookies = _fill(folder / "office", sizes)
    results, port = [], _free_port()
    command = ["-m", "apportion", "--data", folder / "office", "serve", "--port", port]
    with _served([sys.executable, *command], _ours_environment(), port, folder) as server:
        _settle(server)
        for path, who in PAGES.items():
            wall, cpu = _medians(server, [(port, path, cookies[who])], turns)[0]
            limit = REQUEST_MS if path.startswith("/requests/") else LIST_MS
            results.append(_result(f"ms, {path}, against the limit", wall, limit, 1.0))
            results.append(_result(f"CPU ms, {path}, against the limit", cpu, limit, 1.0))
        if peer:
            ours = (port, PENDING, cookies["eve"])
            results += _race_peer(folder, sizes, turns, python, server=server, ours=ours)
    return results


def _race_peer(
    folder: Path, sizes: Sizes, turns: int, python: str | None, *, server: int, ours: Page
) -> list[dict[str, Any]]:
    home = folder / "coldfront"
    home.mkdir()
    python = python or _install(folder / "peer")
    environment = {
        **os.environ,  # noqa: TID251  a program of its own, with its own settings
        "DJANGO_SETTINGS_MODULE": "coldfront.config.settings",
        "DB_URL": f"sqlite:///{home / 'coldfront.db'}",
        "SECRET_KEY": "benchmark",
        "PYTHONPATH": "",
    }
    shared: dict[str, Any] = {"cwd": home, "env": environment}
    setup = [python, "-m", "django", "initial_setup", "-f"]
    subprocess.run(setup, check=True, stdout=subprocess.DEVNULL, **shared)
    fill = [python, "-c", FILL_PEER, *map(str, sizes)]
    told = subprocess.run(fill, check=True, capture_output=True, text=True, **shared).stdout
    cookie, port = told.split()[-1], _free_port()
    words = ["-m", "gunicorn", "-w1", "-b", f"127.0.0.1:{port}", "--timeout", "120"]
    with _served([python, *words, "coldfront.config.wsgi"], environment, port, home) as peer:
        _settle(peer)
        both = _medians((server, peer), [ours, (port, PEER_PENDING, cookie)], turns)
        (mine, my_cpu), (theirs, their_cpu) = both
        name = "pending list, against ColdFront's"
        results = [
            _result(f"ms, {name}", mine, theirs, 1 / TIMES),
            _result(f"CPU ms, {name}", my_cpu, their_cpu, 1 / TIMES),
        ]
        for path in PEER_PAGES[1:]:
            wall, _ = _medians(peer, [(port, path, cookie)], max(3, turns // 3))[0]
            results.append(_result(f"ms, ColdFront's {path}", None, wall, None))
    return results


def _result(
    name: str, ours: float | None, peer: float | None, target: float | None
) -> dict[str, Any]:
    ratio = None if ours is None or peer is None else ours / peer
    print(f"{name}: {ours} {peer}", file=sys.stderr, flush=True)
    met = None if ratio is None or target is None else ratio <= target
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "ratio": ratio,
        "target": target,
        "met": met,
    }


def _install(place: Path) -> str:
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = str(place / "bin" / "python")
    words = ["-m", "pip", "install", "-q", "coldfront==1.1.10", "gunicorn"]
    subprocess.run([python, *words], check=True)
    return python


def _medians(
    servers: int | tuple[int, ...], pages: list[Page], turns: int
) -> list[tuple[float, float]]:
    """Opens the pages one after the other, again and again; wall and CPU ms of each."""
    held = (servers,) if isinstance(servers, int) else servers
    for page in pages:
        _ask(*page)  # so that templates are read
    spent: list[list[tuple[float, float]]] = [[] for _ in pages]
    for _ in range(turns):
        for server, page, kept in zip(held, pages, spent, strict=True):
            before = _cpu_ms(server)
            kept.append((_ask(*page), _cpu_ms(server) - before))
    return [
        (statistics.median(wall for wall, _ in one), statistics.median(cpu for _, cpu in one))
        for one in spent
    ]


def _cpu_ms(process: int) -> float:
    """CPU of a process and of all that it started, by now, in steps of a scheduler's tick.

    Source: proc(5); fields 14 and 15 are the times, 4 is the parent.
    """
    tick = 1000 / os.sysconf("SC_CLK_TCK")
    parents, times = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = place.read_text().rpartition(")")[2].split()
            parents[int(place.parent.name)] = int(fields[1])
            times[int(place.parent.name)] = (int(fields[11]) + int(fields[12])) * tick
    family = {process}
    while more := {one for one, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(times.get(one, 0.0) for one in family)


def _settle(server: int) -> None:
    """Waits until a server that was just started has nothing more to do, at most three minutes."""
    begun = time.monotonic()
    while time.monotonic() - begun < SETTLE_SECONDS:
        before = _cpu_ms(server)
        time.sleep(2)
        if _cpu_ms(server) - before < QUIET_MS:
            break
    print(f"quiet after {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)


def _ask(port: int, path: str, cookie: str) -> float:
    begun = time.perf_counter()
    link = HTTPConnection("127.0.0.1", port, timeout=120)
    link.request("GET", path, headers={"Cookie": f"sessionid={cookie}"})
    answer = link.getresponse()
    body = answer.read()
    spent = time.perf_counter() - begun
    link.close()
    if answer.status != HTTPStatus.OK:
        sys.exit(f"{path}: {answer.status} {body[:300]!r}")
    return spent * 1000


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _served(
    command: list[Any], environment: dict[str, str], port: int, folder: Path
) -> Iterator[int]:
    words = [str(word) for word in command]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(words, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if server.poll() is not None:
                sys.exit(f"{words[:3]} ended: {(folder / 'log').read_text()[-500:]}")
            time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        server.wait(30)


def _ours_environment() -> dict[str, str]:
    environ = os.environ  # noqa: TID251  an office of its own, before its settings are read
    return {**environ, "PYTHONPATH": os.pathsep.join(sys.path[:3])}


def _fill(data: Path, sizes: Sizes) -> dict[str, str]:
    """Makes the office, and gives a session of each person."""
    import django

    init = [sys.executable, "-m", "apportion", "--data", str(data), "init"]
    quiet = subprocess.DEVNULL
    subprocess.run(init, env=_ours_environment(), stdout=quiet, stderr=quiet, check=True)
    os.environ.update(  # noqa: TID251  as above
        DJANGO_SETTINGS_MODULE="apportion.office.settings",
        APPORTION_DATA=str(data),
        APPORTION_ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    )
    django.setup()
    from django.db import connections, transaction
    from django.test import Client

    from apportion.apps.decide.actions import propose_slate
    from apportion.office import clock
    from tests.apps.small_lab import people

    now, cookies = clock.now(), {}
    with transaction.atomic():
        folk = people()
        row = _crowd(folk, sizes, now)
    propose_slate(row=row, by=folk["eve"], now=now)
    for name, person in folk.items():
        client = Client()
        client.force_login(person)
        cookies[name] = client.cookies["sessionid"].value
    connections.close_all()
    return cookies


def _crowd(folk: dict[str, Any], sizes: Sizes, now: datetime) -> Any:
    """Fills an old round with awards and a new one with pending, scored requests."""
    from apportion.apps.apply.models import Project
    from apportion.apps.people.actions import add_person
    from apportion.apps.review.models import Opinion
    from apportion.apps.rounds.actions import Dates, open_round
    from apportion.apps.rounds.models import Area, ResourceKind, Round
    from tests.apps.small_lab import GPU, POLICY

    days = {"requests_close": -1, "reviews_due": 2, "decision": 7, "appeals_until": 21}
    days |= {"credits_start": 8, "credits_end": 100}
    dates = Dates(**{f"{name}_at": now + timedelta(days=at) for name, at in days.items()})
    begun = now - timedelta(days=10)
    old, new = (
        open_round(slug=slug, policy_toml=words, dates=dates, by=folk["eve"], now=begun)
        for slug, words in (("old", POLICY.replace("Spring", "Old")), ("spring", POLICY))
    )
    Round.objects.filter(pk=old.pk).update(
        state="decided", credits_start_at=begun, credits_end_at=now + timedelta(days=90)
    )
    area, resource = Area.objects.first(), ResourceKind.objects.get(code=GPU)
    count, awards, pending = sizes
    projects = Project.objects.bulk_create(
        Project(slug=f"p{n}", title=f"Project {n}", area=area, lead=folk["ann"], created_at=begun)
        for n in range(count)
    )
    waiting = _requests(new, projects, range(pending), "submitted", resource, begun)
    readers = [folk["rev"]] + [
        add_person(username=f"rev{n}", name=f"Reviewer {n}", roles=["reviewer"])
        for n in range(1, REVIEWERS)
    ]
    Opinion.objects.bulk_create(
        Opinion(
            request=row,
            reviewer=readers[(n + turn) % REVIEWERS],
            score_hundredths=100 + (n * 7 + turn * 31) % 900,
            assigned_at=begun,
            written_at=begun,
        )
        for n, row in enumerate(waiting)
        for turn in range(3)
    )
    numbers = range(pending, pending + awards)
    settled = _requests(old, projects, numbers, "decided", resource, begun)
    _award(old, settled, resource, folk["eve"], begun)
    return new


def _requests(
    row: Any, projects: list[Any], numbers: range, state: str, resource: Any, at: datetime
) -> list[Any]:
    from apportion.apps.apply.models import Request, RequestAmount
    from tests.apps.small_lab import HOUR

    made = Request.objects.bulk_create(
        Request(
            ref=f"req-{n}",
            round=row,
            project=projects[n % len(projects)],
            author=projects[0].lead,
            title=f"Request {n}",
            question="Does it work?",
            state=state,
            created_at=at,
            submitted_at=at - timedelta(minutes=n),  # each waited for a time of its own
        )
        for n in numbers
    )
    RequestAmount.objects.bulk_create(
        RequestAmount(request=one, resource=resource, minimum=HOUR, ask=(1 + n % 9) * HOUR)
        for n, one in zip(numbers, made, strict=True)
    )
    return list(made)


def _award(row: Any, settled: list[Any], resource: Any, by: Any, at: datetime) -> None:
    """Grants every one in full: a decision, an award, a transfer of the ledger and a grant."""
    from apportion.apps.decide.models import Award, Decision, Slate
    from apportion.apps.grant.models import Grant
    from apportion.apps.ledger.actions import post_transfers
    from apportion.core.ids import transfer_id
    from apportion.core.ledger import Key, Kind, Transfer, TransferCode
    from tests.apps.small_lab import HOUR

    slate = Slate.objects.create(
        round=row, number=1, document="{}", sha256="0" * 64, snapshot_sha256="0" * 64,
        proposed_by=by, proposed_at=at, adopted_by=by, adopted_at=at, published_at=at,
    )  # fmt: skip
    told = {"published_at": at, "reasons": [], "counterfactuals": [], "outcome": "full"}
    counts = {"reason_count": 0, "counterfactual_count": 0}
    decisions = Decision.objects.bulk_create(
        Decision(slate=slate, request=one, **told, **counts) for one in settled
    )
    amounts = {"minimum": HOUR, "ask": HOUR, "amount": HOUR}
    Award.objects.bulk_create(
        Award(decision=one, resource=resource, **amounts) for one in decisions
    )
    pool, slugs = Key(Kind.ISSUED, row.slug, resource.code), [one.project.slug for one in settled]
    legs = [
        Transfer(
            id=transfer_id(place, "open"), debit=pool, amount=HOUR, code=TransferCode.GRANT,
            credit=Key(Kind.PROJECT, slug, resource.code), effective_us=int(at.timestamp()) * 10**6,
        )
        for place, slug in enumerate(slugs)
    ]  # fmt: skip
    post_transfers(legs, now=at, actor=by.username)
    Grant.objects.bulk_create(
        Grant(
            decision=one, project=one.request.project, resource=resource, amount=HOUR,
            starts_at=at, ends_at=row.credits_end_at, granted_at=at, transfer_id=leg.id,
        )
        for one, leg in zip(decisions, legs, strict=True)
    )  # fmt: skip


if __name__ == "__main__":
    main()

"""Reconciling the limits of 1,000 projects with a cluster that a thousand accounts stand on.

Run: .venv/bin/python benchmarks/reconcile.py [--json] [--quick]

The office is an embedded one in a temporary folder. The cluster's answer is text in Slurm's own
form: 1,000 accounts with five members each, made from one recorded line; reading it counts as ours,
writing it does not. A look with nothing to do is measured in CPU seconds of this process, with the
questions that it asked. Where Slurm is installed, changed limits are also ordered from a real one
that is started here: in one batch, beside one process each as the peer; wall time, for the work is
Slurm's.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROJECTS, MEMBERS, ROUNDS = 1_000, 5, 3
LIMIT_MINUTES = 600
CPU_TARGET_SECONDS = 2.0
CLUSTER = ROOT / "tests" / "slurm"
TRANSCRIPT = ROOT / "tests" / "adapters" / "slurm" / "transcripts" / "assoc_mgr.txt"
Figure = dict[str, object]


@dataclass
class Recorded:
    """A cluster whose answer is a text; counts the questions."""

    text: str
    name: str = "testbed"
    reads: int = 0
    ordered: list[Any] = field(default_factory=list)

    def read_tree(self, *, qos: bool = False) -> Any:  # noqa: ARG002  the text has no QOS of accounts
        """Reads the text as the client reads Slurm's answer."""
        from apportion.adapters.slurm.parse_assoc import parse_assoc_mgr

        self.reads += 1
        return parse_assoc_mgr(self.text, cluster=self.name)

    def describe(self, step: Any) -> str:
        """Says what a step is."""
        return str(step.verb)


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help="fewer limits on the real cluster")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "src"))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        figures = look(Path(folder))
        figures += order(Path(folder), limits=32 if options.quick else 1_000)
    if options.json:
        print(json.dumps(figures))
    else:
        for figure in figures:
            print("  ".join(f"{name} {value}" for name, value in figure.items()))
    return 0 if all(figure["met"] for figure in figures) else 1


def look(folder: Path) -> list[Figure]:
    """Measures looks that find nothing to do."""
    open_office(folder)
    from apportion.apps.enforce.actions import check_limits, record_limits
    from apportion.apps.enforce.queries import gather_desired

    cluster = Recorded(answer())
    desired = gather_desired(now=NOW, cluster=cluster.name)
    record_limits(cluster=cluster.name, desired=desired, generation=0)
    check_limits(scheduler=cluster, now=NOW)  # type: ignore[arg-type]  # it is never ordered anything
    cluster.reads, seconds = 0, []
    for _ in range(ROUNDS):
        began = time.process_time()
        plan = check_limits(scheduler=cluster, now=NOW)  # type: ignore[arg-type]
        seconds.append(time.process_time() - began)
        assert plan.matches, plan.findings[:3]
    reads = cluster.reads / ROUNDS
    worst = max(seconds)
    target = f"{CPU_TARGET_SECONDS} s of CPU and one question"
    met = worst <= CPU_TARGET_SECONDS and reads == 1
    name = f"look at {PROJECTS} projects with nothing to do"
    return [{"name": name, "ours": round(worst, 2), "reads": reads, "target": target, "met": met}]


def open_office(folder: Path) -> None:
    """Makes an embedded office of 1,000 projects with 10 GPU-hours and five members each."""
    os.environ |= {"APPORTION_DATA": str(folder), "APPORTION_DATABASE_URL": ""}  # noqa: TID251  an office of its own
    os.environ["DJANGO_SETTINGS_MODULE"] = "apportion.office.settings"  # noqa: TID251  as above
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from apportion.apps.apply.models import Member, Project
    from apportion.apps.ledger.actions import post_transfers
    from apportion.apps.people.models import Person
    from apportion.apps.rounds.models import Area, ResourceKind
    from apportion.core.ids import transfer_id
    from apportion.core.ledger import Key, Kind, Transfer, TransferCode

    area = Area.objects.create(slug="area", name="Area")
    ResourceKind.objects.create(code="gpu:h100")
    people = [Person.objects.create(username=f"u{n}", name=f"u{n}") for n in range(MEMBERS)]
    for number in range(PROJECTS):
        project = Project.objects.create(
            slug=f"p{number}", title=f"p{number}", area=area, lead=people[0], created_at=NOW
        )
        Member.objects.bulk_create(Member(project=project, person=one) for one in people[1:])
    post_transfers(
        [
            Transfer(
                id=transfer_id(number, f"bench {number}"),
                group=f"bench {number}",
                debit=Key(Kind.ISSUED, "bench", "gpu:h100"),
                credit=Key(Kind.PROJECT, f"p{number}", "gpu:h100"),
                amount=LIMIT_MINUTES * 60,
                code=TransferCode.GRANT,
                source=f"bench {number}",
                effective_us=0,
            )
            for number in range(PROJECTS)
        ],
        now=NOW,
        actor="bench",
    )


def answer() -> str:
    """Writes what slurmctld would say of such a cluster, from lines that one said."""
    lines = TRANSCRIPT.read_text().splitlines()
    account = next(line for line in lines if "Account=vision UserName= " in line)
    member = next(line for line in lines if "Account=vision UserName=root(" in line)
    account = account.replace("GrpSubmitJobs=0(0)", "GrpSubmitJobs=N(0)")
    made = [line for line in lines if "Account=apportion " in line]
    for number in range(PROJECTS):
        name = f"Account=p{number} "
        made.append(account.replace("Account=vision ", name))
        made.extend(
            member.replace("Account=vision ", name).replace("root(0)", f"u{user}(10{user})")
            for user in range(MEMBERS)
        )
    return "\n".join(["Association Records", *made, "QOS Records", ""])


def order(folder: Path, *, limits: int) -> list[Figure]:
    """Measures changed limits on a real Slurm: one batch, and one process each."""
    if not shutil.which("slurmctld", path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):  # noqa: TID251  where the daemons stand
        print("no Slurm on this machine: orders were not measured", file=sys.stderr)
        return []
    state = folder / "s"
    settings = {"SLURM_TEST_PORT": "33600", "SLURM_TEST_GPU_TYPES": "h100"}
    try:
        with (folder / "up.log").open("w") as log:
            command = [CLUSTER / "cluster-up", state, "1", "8"]
            environment = {**os.environ, **settings}  # noqa: TID251  of a process of its own
            subprocess.run(command, check=True, env=environment, stdout=log, stderr=log)
        os.environ["SLURM_CONF"] = str(state / "etc" / "slurm.conf")  # noqa: TID251  of Slurm's programs
        return [batch(limits)]
    finally:
        subprocess.run([CLUSTER / "cluster-down", state], check=False)


def batch(limits: int) -> Figure:
    """Orders limits that differ, all at once and one by one in turns."""
    from apportion.adapters.slurm.client import SlurmCluster
    from apportion.core.enforce.plan import Step, Verb
    from apportion.core.ids import ResourceCode

    gpu, cluster = ResourceCode("gpu:h100"), SlurmCluster("testbed")
    names = [f"p{number}" for number in range(limits)]
    making = ["sacctmgr", "-iQ", "add", "account", ",".join(names), "cluster=testbed"]
    subprocess.run(making, check=True, stdout=subprocess.DEVNULL)

    def steps(shift: int) -> list[Step]:
        return [
            Step(
                verb=Verb.SET_LIMIT,
                association=name,
                reason="benchmark",
                generation=1,
                minutes={gpu: number + shift},
            )
            for number, name in enumerate(names)
        ]

    began = time.perf_counter()
    said = cluster.carry_out(steps(1))
    ours = time.perf_counter() - began
    tree = cluster.read_tree()
    held = [tree.associations[name].minutes == {gpu: n + 1} for n, name in enumerate(names)]
    few = steps(7)[: max(5, limits // 20)]
    began = time.perf_counter()
    for step in few:
        cluster.carry_out([step])
    peer = (time.perf_counter() - began) * limits / len(few)
    return {
        "name": f"{limits} changed limits in one batch, beside one process each",
        "ours": round(ours, 1),
        "peer": round(peer, 1),
        "ratio": round(ours / peer, 2),
        "target": "one batch, all in force",
        "met": not said and all(held),
    }


if __name__ == "__main__":
    sys.exit(main())

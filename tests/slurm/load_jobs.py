"""Puts finished jobs straight into a test cluster's accounting database, by the hundred thousand.

Only the job table is filled: sacct sees the jobs, while Slurm's own counters do not move.
"""

import random
import subprocess
from pathlib import Path

STATES = {"COMPLETED": 3, "CANCELLED": 4, "FAILED": 5, "TIMEOUT": 6, "NODE_FAIL": 7, "PREEMPTED": 8}
COLUMNS = (
    *("account", "job_name", "id_assoc", "id_job", "id_qos", "id_user", "id_group", "cpus_req"),
    *("nodes_alloc", "nodelist", "`partition`", "state", "timelimit", "time_submit"),
    *("time_eligible", "time_start", "time_end", "mod_time", "tres_alloc", "tres_req", "id_resv"),
    *("id_wckey", "het_job_id", "het_job_offset", "state_reason_prev", "priority", "work_dir"),
)
NOT_HETEROGENEOUS = 4294967294


def made_up(count, *, pairs, start, days, seed=1):
    """Makes up jobs: mostly short ones on few GPUs, a few long and wide ones."""
    dice = random.Random(seed)
    for sent in sorted(dice.randrange(start, start + days * 86_400) for _ in range(count)):
        account, user = dice.choice(pairs)
        run = 1 + int(min(dice.lognormvariate(7, 2), 86_400))
        state = dice.choices(("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"), (70, 14, 12, 4))[0]
        begun = sent + int(dice.expovariate(1 / 900))
        gpus = dice.choice((1, 1, 1, 1, 2, 2, 4, 8, 8, 16, 64))
        yield {
            "account": account,
            "user": user,
            "submit": sent,
            "start": begun,
            "end": begun + run,
            "gpus": gpus,
            "state": state,
        }


def load_jobs(state, cluster, jobs):
    """Loads jobs; gives how many. Each needs account, user, submit, start, end, gpus and state."""
    assocs = {
        (account, user): number
        for account, user, number in _rows(
            state, f"select acct, user, id_assoc from `{cluster}_assoc_table` where deleted=0"
        )
    }
    tres = {
        (kind, name): number
        for kind, name, number in _rows(state, "select type, name, id from tres_table")
    }
    [[last]] = _rows(state, f"select coalesce(max(id_job), 0) from `{cluster}_job_table`")
    path = Path(state) / "run" / "jobs.tsv"
    count = 0
    with path.open("w") as out:
        for count, job in enumerate(jobs, 1):
            number = job.get("job_id", int(last) + 1000 + count)
            out.write(_line(job, number, assocs, tres) + "\n")
    try:
        names = ",".join(COLUMNS)
        _sql(
            state,
            f"set unique_checks=0; load data local infile '{path}' into table "
            f"`{cluster}_job_table` ({names})",
        )
    finally:
        path.unlink()
    return count


def _line(job, number, assocs, tres):
    gpus, cpus = job["gpus"], max(1, job["gpus"])
    units = f"1={cpus},4=1,5={cpus},{tres['gres', 'gpu']}={gpus},{tres['gres', 'gpu:h100']}={gpus}"
    begun = job["start"] > 0
    cells = (
        *(job["account"], job.get("name", "job"), assocs[job["account"], job["user"]], number, 1),
        *(0, 0, cpus, 1, "n0" if begun else "None assigned", "main", STATES[job["state"]], 1440),
        *(job["submit"], job["submit"], job["start"], job["end"], job["end"]),
        *(units if begun else "", units, 0, 0, 0, NOT_HETEROGENEOUS, 0, 1, "/"),
    )
    return "\t".join(map(str, cells))


def _rows(state, statement):
    return [line.split("\t") for line in _sql(state, statement).splitlines()]


def _sql(state, statement):
    command = ["mariadb", "--no-defaults", "--local-infile=1", "-S", f"{state}/run/mysql.sock"]
    done = subprocess.run(
        [*command, "-u", "root", "-BN", "slurm_acct", "-e", statement],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

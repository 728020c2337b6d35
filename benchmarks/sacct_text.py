"""A made sacct export of any length, the same for the same seed: jobs, their steps, requeues, arrays.

The text is that of `SLURM_TIME_FORMAT=%s sacct -nPXaD` without -X: about a third of the rows are
jobs and the rest steps, as exports of sites have them. Fields are those of adapters/slurm/parse.py.
"""

import random
from collections.abc import Iterator
from pathlib import Path

SEED = 20_251_122
FIRST = 1_760_054_400  # 2025-10-10, UTC midnight
DAYS = 120
ACCOUNTS, USERS = 200, 1_500
STATES = (("COMPLETED", 70), ("FAILED", 12), ("CANCELLED by 1004", 8), ("TIMEOUT", 5))
STATES += (("PREEMPTED", 3), ("NODE_FAIL", 1), ("OUT_OF_MEMORY", 1))
SHAPES = (  # nodes, cpus, gpus, kind, memory
    (1, 4, 0, "", "16G"),
    (1, 16, 1, "h100", "128G"),
    (1, 16, 1, "a100", "128000M"),
    (1, 64, 4, "h100", "512G"),
    (1, 96, 8, "h100", "1024G"),
    (2, 192, 16, "h100", "2T"),
    (4, 384, 32, "a100", "2T"),
    (8, 768, 64, "h100", "8T"),
)
ROWS_PER_CHUNK = 20_000


def write_sacct(path: Path, *, rows: int, days: int = DAYS, seed: int = SEED) -> int:
    """Writes at least `rows` rows and says how many jobs they hold."""
    dice = random.Random(seed)
    jobs = written = 0
    with path.open("w", encoding="ascii") as stream:
        while written < rows:
            lines = []
            while len(lines) < ROWS_PER_CHUNK and written + len(lines) < rows:
                lines += _job(dice, 1_000 + jobs, days)
                jobs += 1
            stream.write("".join(lines))
            written += len(lines)
    return jobs


def _job(dice: random.Random, number: int, days: int) -> Iterator[str]:
    draw = dice.random
    account, user = int(ACCOUNTS * draw() ** 1.5), int(USERS * draw())
    nodes, cpus, gpus, kind, memory = SHAPES[int(len(SHAPES) * draw() ** 1.6)]
    submit = FIRST + int(days * 86_400 * draw())
    start = submit + int(20_000 * draw() ** 4)
    seconds = 1 + int(180_000 * draw() ** 5)
    end = start + seconds
    state = dice.choices([s for s, _ in STATES], [w for _, w in STATES])[0]
    qos = "night" if draw() < 0.1 else "normal"
    tres = f"billing={cpus},cpu={cpus},"
    if gpus:
        typed, untyped = f"gres/gpu:{kind}={gpus}", f"gres/gpu={gpus}"
        tres += f"{typed},{untyped}," if number % 2 else f"{untyped},{typed},"
    tres += f"mem={memory},node={nodes}"
    times = f"{submit}|{submit}|{start}|{end}|{seconds}"
    owner = f"alpha|acct{account:03d}|user{user:04d}|gpu|{qos}"
    tail = f"2880|{tres}|{tres}|{nodes}|{cpus}|0:0"
    yield f"{number}|{owner}|{state}|{times}|{tail}|train-{number}\n"
    step_tail = f"|{tres}|{tres}|{nodes}|{cpus}|0:0"
    step = state.partition(" ")[0]
    for name in ("batch", "extern", "0")[: 1 + number % 3]:
        yield f"{number}.{name}|alpha|acct{account:03d}||||{step}|{times}|{step_tail}|{name}\n"

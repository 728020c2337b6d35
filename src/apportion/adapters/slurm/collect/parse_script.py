"""What a batch script asks for: its #SBATCH lines, and what is said beside them."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from apportion.adapters.slurm.collect.parse import count_tasks, parse_length
from apportion.core.faults import BadInput, Fault
from apportion.core.meter.admission import Ask

MARK = "#SBATCH"
REMEDY = "Write it as sbatch takes it"
LETTERS = {
    "A": "account",
    "t": "time",
    "N": "nodes",
    "n": "ntasks",
    "c": "cpus-per-task",
    "G": "gpus",
    "a": "array",
}
WANTED = frozenset({*LETTERS.values(), "gres", "gpus-per-node", "gpus-per-task", "ntasks-per-node"})
TYPE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,55}")
LARGEST = 10_000_000


def parse_script(text: str, *, file: str) -> dict[str, str]:
    """Reads the options in the head of a script; the first command ends them, as with sbatch.

    Raises: BadInput with every line that cannot be read.
    """
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            break
        if not stripped.startswith(MARK):
            continue
        try:
            found |= parse_options(shlex.split(stripped[len(MARK) :], comments=True))
        except ValueError as error:
            fault = Fault(file=file, line=number, value=line, what=str(error), remedy=REMEDY)
            faults.append(fault)
    if faults:
        raise BadInput(faults)
    return found


def parse_options(words: Sequence[str]) -> dict[str, str]:
    """Reads options as sbatch takes them, by their long names; those that cost nothing are dropped.

    Raises: ValueError.
    """
    return {name: value for name, value in _pairs(list(words)) if name in WANTED}


def read_ask(options: Mapping[str, str], *, file: str) -> Ask:
    """Makes of options what a job would use at most.

    Raises: BadInput with every option that cannot be read.
    """
    faults: list[Fault] = []

    def number(name: str, default: int) -> int:
        try:
            return _count(options[name]) if name in options else default
        except ValueError as error:
            faults.append(_fault(file, name, options[name], error))
            return default

    nodes = number("nodes", 1)
    per_node = number("ntasks-per-node", 1)
    tasks = number("ntasks", nodes * per_node)
    units = {"cpu": tasks * number("cpus-per-task", 1)}
    scales = {"gres": nodes, "gpus": 1, "gpus-per-node": nodes, "gpus-per-task": tasks}
    for name, scale in scales.items():
        try:
            for kind, count in _gpus(options.get(name, ""), is_gres=name == "gres"):
                units[kind] = max(units.get(kind, 0), count * scale)
        except ValueError as error:
            faults.append(_fault(file, name, options[name], error))
    seconds, copies = None, 1
    try:
        seconds = parse_length(options.get("time", ""))
    except ValueError as error:
        faults.append(_fault(file, "time", options["time"], error))
    try:
        copies = count_tasks(f"0_[{options['array']}]") if "array" in options else 1
    except ValueError as error:
        faults.append(_fault(file, "array", options["array"], error))
    if faults:
        raise BadInput(faults)
    return Ask(
        account=options.get("account", ""),
        units=units,
        seconds=seconds,
        tasks=copies,
        user=options.get("uid", ""),
    )


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if not equals and name in WANTED:
                value = _next(words, word)
            yield name, value
        elif word.startswith("-") and len(word) > 1:
            name = LETTERS.get(word[1], "")
            value = word[2:].removeprefix("=")
            yield name, value or (_next(words, word) if name else "")


def _next(words: list[str], option: str) -> str:
    if not words:
        raise ValueError(f"{option} needs a value")
    return words.pop(0)


def _gpus(text: str, *, is_gres: bool) -> Iterator[tuple[str, int]]:
    """Reads `gpu:h100:4`, `gpu:4`, and without is_gres `h100:4`, `4`."""
    for part in filter(None, text.split(",")):
        name, _, rest = part.partition(":") if is_gres else ("gpu", ":", part)
        if name != "gpu":
            continue
        kind, colon, count = rest.rpartition(":")
        if not colon and rest and not rest.isdigit():
            kind, count = rest, "1"
        if kind and not TYPE.fullmatch(kind):
            raise ValueError("not a type of GPU")
        yield (f"gpu:{kind}" if kind else "gpu"), _count(count or "1")


def _count(text: str) -> int:
    largest = text.rpartition("-")[2]  # of `2-4` nodes Slurm may give all four
    if not (largest.isascii() and largest.isdigit()) or int(largest[:12]) > LARGEST:
        raise ValueError("not a count")
    return int(largest)


def _fault(file: str, field: str, value: str, error: ValueError) -> Fault:
    return Fault(file=file, field=f"--{field}", value=value, what=str(error), remedy=REMEDY)

"""What slurmctld tells of a job that is being sent, and the script that tells it."""

import re
from collections.abc import Mapping
from importlib.resources import files

from apportion.adapters.slurm.collect.parse_script import read_ask
from apportion.core.faults import BadInput, Fault
from apportion.core.meter.admission import Ask

FILE = "job_submit"
PLAIN = re.compile(r"[A-Za-z0-9._:-]{1,200}")
GRES = re.compile(r"\bgres[:/](?=gpu)")
OPTIONS = {
    "account": "account",
    "minutes": "time",
    "nodes": "nodes",
    "tasks": "ntasks",
    "cpus_per_task": "cpus-per-task",
    "array": "array",
    "user": "uid",
}


def read_submission(form: Mapping[str, str]) -> Ask:
    """Makes of a job's description what it would use at most.

    Raises: BadInput with every field that cannot be read.
    """
    options = {name: form[field] for field, name in OPTIONS.items() if form.get(field)}
    if form.get("per_node"):
        options["gres"] = GRES.sub("", form["per_node"])
    for field, name in (("per_job", "gpus"), ("per_task", "gpus-per-task")):
        if form.get(field):
            options[name] = ",".join(
                part.removeprefix("gpu:")
                for part in GRES.sub("", form[field]).split(",")
                if part.startswith("gpu:")
            )
    return read_ask(options, file=FILE)


def render_submit_script(
    *, host: str, port: int, token: str, cluster: str, patience: float, fail_open: bool
) -> str:
    """Writes job_submit.lua for one site.

    Raises: BadInput where a name is none that may stand in a script.
    """
    for name, value in (("--host", host), ("token", token), ("--cluster", cluster)):
        if not PLAIN.fullmatch(value):
            what, remedy = "not a plain name", "Use letters, digits, dots and dashes"
            raise BadInput([Fault(file=name, what=what, remedy=remedy)])
    text = files(__package__).joinpath("job_submit.lua").read_text(encoding="utf-8")
    marks = {
        "@HOST@": host,
        "@PORT@": str(port),
        "@TOKEN@": token,
        "@CLUSTER@": cluster,
        "@PATIENCE@": f"{patience:g}",
        "@FAIL_OPEN@": "true" if fail_open else "false",
    }
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text

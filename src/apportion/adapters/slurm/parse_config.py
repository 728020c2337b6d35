"""How a cluster is configured: the texts of scontrol and sacctmgr that a preflight reads."""

import re

from apportion.core.enforce.preflight import QosSetup

PAIR = re.compile(r"^(\w+)\s*= (.*)$", re.MULTILINE)
PARTITION = re.compile(r"PartitionName=(\S+)")
FIELD = re.compile(r"(\w+)=(\S*)")
QOS_FIELDS = 4
NOTHING = ("(null)", "N/A", "NONE")


def parse_config(text: str) -> dict[str, str]:
    """Reads `scontrol show config`: settings by name; what is not set is empty."""
    return {
        name: "" if value.strip() == "(null)" else value.strip()
        for name, value in PAIR.findall(text)
    }


def parse_qos(text: str) -> tuple[QosSetup, ...]:
    """Reads `sacctmgr -nP show qos`, cut as QOS_QUERY asks; lines of another shape are left out."""
    rows = (line.split("|") for line in text.splitlines())
    return tuple(
        QosSetup(
            name=row[0],
            flags=frozenset(filter(None, row[1].split(","))),
            minutes=row[2],
            usage_factor=row[3],
        )
        for row in rows
        if len(row) == QOS_FIELDS
    )


def parse_partitions(text: str) -> dict[str, dict[str, str]]:
    """Reads `scontrol -o show partition`: the QOS and billing weights of each."""
    found: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if name := PARTITION.match(line):
            fields = dict(FIELD.findall(line))
            wanted = {key: fields.get(key, "") for key in ("QoS", "TRESBillingWeights")}
            found[name.group(1)] = {
                key: "" if value in NOTHING else value for key, value in wanted.items()
            }
    return found

"""Names that plain-text accounting takes: two accounts or units of ours never become one there.

What is plain keeps its name (`depth-recurrent` is `Depth-recurrent`, `gpu:h100` is `GPU.H100`).
Everything else keeps what of it is readable and ends in a part of its hash; no plain name does.
"""

import hashlib
import re

from apportion.core.ledger import Key, Kind

ROOTS = {
    Kind.ISSUED: "Equity:Issued",
    Kind.POOL: "Assets:Pool",
    Kind.PROJECT: "Assets:Project",
    Kind.CONSUMED: "Expenses:Consumed",
    Kind.OVERRUN: "Liabilities:Overrun",
    Kind.SUSPENSE: "Liabilities:Suspense",
    Kind.LOAN: "Assets:Loan",
    Kind.EXCHANGE: "Equity:Exchange",
}
PLAIN_OWNER = re.compile(r"[a-z0-9][a-z0-9-]*")
PLAIN_UNIT = re.compile(r"[a-z][a-z0-9]+(?::[a-z0-9]+)*")
LONGEST_OWNER, LONGEST_UNIT = 120, 24  # Beancount ends a commodity at 24 signs
MARK = 10  # hexadecimal digits of the hash
TAKEN = frozenset({"TRUE", "FALSE", "NULL"})  # words of Beancount's own


def name_account(key: Key) -> str:
    """Names an account: `Assets:Project:Depth-recurrent`. The unit is not part of it."""
    return f"{ROOTS[key.kind]}:{_name_owner(key.owner)}"


def name_unit(unit: str) -> str:
    """Names a commodity: `GPU.H100`."""
    name = unit.upper().replace(":", ".")
    if PLAIN_UNIT.fullmatch(unit) and len(unit) <= LONGEST_UNIT and name not in TAKEN:
        return name
    stem = re.sub(r"[^A-Z0-9]+", "-", name).strip("-")
    stem = stem if stem[:1].isalpha() else f"U{stem}"
    return f"{stem[: LONGEST_UNIT - MARK - 1].rstrip('-')}-{_mark(unit)}"


def _name_owner(owner: str) -> str:
    if PLAIN_OWNER.fullmatch(owner) and len(owner) <= LONGEST_OWNER:
        return owner[0].upper() + owner[1:]
    stem = re.sub(r"[^A-Za-z0-9]+", "-", owner[:LONGEST_OWNER]).strip("-")
    stem = stem[:1].upper() + stem[1:]
    return f"{stem}-X{_mark(owner)}" if stem else f"X{_mark(owner)}"


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:MARK].upper()

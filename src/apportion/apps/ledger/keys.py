"""The office's own key, which signs checkpoints, and the keys of witnesses whom it trusts.

Secrets lie in a file that only the office's account may read, never in the database: whoever can
write to the tables still cannot sign.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from apportion.adapters.files.client import (
    SECRET,
    create_secret,
    read_secret,
    read_whole,
    write_whole,
)
from apportion.core.faults import BadInput, Fault
from apportion.core.journal.notes import SEED_BYTES, SigningKey, make_key, parse_secret
from apportion.core.verify.facts import Untrue
from apportion.core.verify.notes import LOG_KEY, Key
from apportion.core.verify.trust import Trust, parse_trust

Entropy = Callable[[int], bytes]  # so many random bytes
KEPT = 2  # keys that sign while one gives way to the next


def office_keys() -> tuple[SigningKey, ...]:
    """Reads the keys with which the office signs, the newest first.

    Raises: BadInput where there is none, or others may read them.
    """
    given: str = settings.APPORTION_JOURNAL_KEY
    file = Path(settings.APPORTION_JOURNAL_KEY_FILE)
    if not given and not file.is_file():
        what, remedy = "the office has no key to sign with", "Make one with: apportion init"
        raise BadInput([Fault(file=str(file), what=what, remedy=remedy)])
    try:
        return tuple(map(parse_secret, (given or read_secret(file)).split()))
    except Untrue as untrue:
        where = "APPORTION_JOURNAL_KEY" if given else str(file)
        remedy = "Bring it back from your backup; a new key is a new signer"
        raise BadInput([Fault(file=where, what=str(untrue), remedy=remedy)]) from None


def create_key(*, entropy: Entropy) -> None:
    """Makes the office's first key where it has none; one that is there is never touched."""
    if not settings.APPORTION_JOURNAL_KEY:
        key = make_key(name=journal_name(), kind=LOG_KEY, seed=entropy(SEED_BYTES))
        create_secret(Path(settings.APPORTION_JOURNAL_KEY_FILE), f"{key.write_secret()}\n")


def add_key(*, entropy: Entropy) -> SigningKey:
    """Makes a new key; the one before it goes on signing beside it until the next is made.

    Raises: BadInput where the key is given by the environment, which only its giver can change.
    """
    if settings.APPORTION_JOURNAL_KEY:
        remedy = "Change the setting: the new key's line, then the old one's"
        where, what = "APPORTION_JOURNAL_KEY", "the key is given by this setting"
        raise BadInput([Fault(file=where, what=what, remedy=remedy)])
    before = office_keys()
    new = make_key(name=before[0].name, kind=LOG_KEY, seed=entropy(SEED_BYTES))
    kept = (new, *before)[:KEPT]
    text = "".join(f"{key.write_secret()}\n" for key in kept)
    write_whole(Path(settings.APPORTION_JOURNAL_KEY_FILE), text.encode(), mode=SECRET)
    return new


def read_witnesses() -> Trust:
    """Reads whose cosignatures the office takes, and how many a checkpoint should have.

    Raises: BadInput where the file has a fault; none at all is nobody.
    """
    file = Path(settings.APPORTION_TRUST_FILE)
    if not file.is_file():
        return Trust(logs=())
    try:
        return parse_trust(read_whole(file).decode())
    except (Untrue, UnicodeDecodeError) as error:
        remedy = "Write lines of witness, group and quorum; docs/journal.md has an example"
        raise BadInput([Fault(file=str(file), what=str(error), remedy=remedy)]) from None


def whom_we_trust() -> Trust:
    """Gives the office's own keys with its witnesses and their quorum."""
    return replace(read_witnesses(), logs=public_keys())


def public_keys() -> tuple[Key, ...]:
    """Gives the keys that check what the office signs, the newest first."""
    return tuple(key.key for key in office_keys())


def journal_name() -> str:
    """Names the journal: as it was set, or after the lab."""
    name: str = settings.APPORTION_JOURNAL_NAME
    plain = re.sub(r"[^a-z0-9]+", "-", settings.APPORTION_LAB_NAME.lower()).strip("-")
    return name or f"{plain or 'office'}/journal"

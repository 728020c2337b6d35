"""Checks who signed a document: a note under it holds the hash of everything else in it."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from apportion.core.verify.facts import Untrue, ensure
from apportion.core.verify.notes import (
    LOG_KEY,
    check_signature,
    find_signers,
    parse_key,
    parse_note,
)
from apportion.core.verify.trust import Trust

SIGNATURE = "signature"


def signed_text(document: Mapping[str, Any]) -> str:
    """Gives what is signed: the schema and the hash of the document without its signature."""
    rest = {name: value for name, value in document.items() if name != SIGNATURE}
    written = json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()
    return f"{document['schema']}\n{sha256(written).hexdigest()}\n"


def check_signed(
    document: Mapping[str, Any], trust: Trust | None, tell: Callable[[str], None]
) -> None:
    """Checks the signature against the reader's keys, or else against those it names itself.

    Raises: Untrue.
    """
    if document.get(SIGNATURE) is None:
        ensure(trust is None, "nobody signed it")
        tell("nobody signed it: whose word it is, the file does not show")
        return
    note = parse_note(document[SIGNATURE]["note"])
    ensure(note.text == signed_text(document), "the signature is of another content")
    if trust is not None:
        ensure(bool(find_signers(note, trust.logs)), "no key that you trust signed it")
        tell("signed by a key that you trust")
        return
    keys = [parse_key(text) for text in document[SIGNATURE]["keys"]]
    if not keys:
        raise Untrue("the signature names no key")
    for key in keys:
        ensure(key.kind == LOG_KEY, f"{key.name} is no key of an office")
        check_signature(note, key)
    tell(f"signed; the key is the file's own word, compare it with the office's: {keys[0]}")

"""Commitments to free text: the journal binds the office to words that can still be forgotten.

Only the commitment is sealed. With the salt anybody can check the words against it; without salt
and words nothing can be learnt from it, and every proof still holds.
"""

import hashlib

SALT_BYTES = 32


def commit_text(*, salt: bytes, text: str) -> bytes:
    """Gives the commitment to a text.

    Shape: 32 bytes, SHA-256 of salt and text. The salt is random, of its own for each text: a
    short text could else be found by trying.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, got {len(salt)}")
    return hashlib.sha256(salt + text.encode()).digest()

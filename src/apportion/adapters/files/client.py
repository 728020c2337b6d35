"""Reads and writes whole files: nobody ever sees half of one."""

import os
from pathlib import Path

from apportion.core.faults import BadInput, Fault

PUBLIC, SECRET = 0o666, 0o600  # what others may read, less the umask; what only its owner may
OTHERS = 0o077


def read_whole(file: Path) -> bytes:
    """Reads a file.

    Raises: BadInput where there is none to read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        remedy = "Name a file that exists and that you may read"
        what = f"cannot be read: {error.strerror}"
        raise BadInput([Fault(file=str(file), what=what, remedy=remedy)]) from None


def write_whole(file: Path, data: bytes, *, mode: int = PUBLIC) -> None:
    """Writes a file and has it on the disk before it takes the place of what was there.

    Raises: BadInput where it cannot be written; what was there before is then still there.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise BadInput([Fault(file=str(file), what=what, remedy="Name another file")]) from None
    finally:
        draft.unlink(missing_ok=True)


def create_secret(file: Path, text: str) -> bool:
    """Writes a secret once, for its owner alone; says whether it was not there before."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    return True


def read_secret(file: Path) -> str:
    """Reads a secret that only its owner may read.

    Raises: BadInput where it is not there, or others may read it.
    """
    data = read_whole(file)
    if file.stat().st_mode & OTHERS:
        remedy = f"Let its owner alone read it: chmod 600 {file}"
        raise BadInput([Fault(file=str(file), what="a secret that others may read", remedy=remedy)])
    return data.decode()

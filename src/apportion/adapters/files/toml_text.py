"""Bytes to the tables of a TOML file, or where and why they are none."""

import re
import tomllib
from decimal import Decimal
from typing import Any

from apportion.adapters.files.faults import Faults


def read_toml(data: bytes, faults: Faults) -> tuple[dict[str, Any], str]:
    """Gives the tables and the text.

    Raises: BadInput, where the bytes are not UTF-8 or not TOML.
    """
    held: dict[str, Any] = {}
    text = ""
    try:
        text = data.decode("utf-8-sig")
        held = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(what="not UTF-8 text", remedy="Save the file as UTF-8", line=line)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))
        what = f"not TOML: {str(error).split(' (at ')[0]}"
        remedy = "Mend the line, or quote the text"
        faults.add(what=what, remedy=remedy, line=int(at[1]) if at else text.count("\n") + 1)
    faults.stop_if_any()
    return held, text

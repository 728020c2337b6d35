"""`python -m apportion.core.verify [KEY] < FILE`: the check where nothing but Python is installed."""

import sys

from apportion.core.verify.facts import Untrue
from apportion.core.verify.files import verify_document
from apportion.core.verify.notes import parse_key
from apportion.core.verify.trust import Trust

TRUE, FALSE, USAGE = 0, 1, 2


def main(arguments: list[str], data: bytes) -> int:
    """Writes what holds and the first fault; gives the exit code of `apportion verify`."""
    try:
        keys = tuple(map(parse_key, arguments))
    except Untrue as untrue:
        sys.stderr.write(f"KEY: {untrue}\n")
        return USAGE
    verdict = verify_document(data, trust=Trust(logs=keys) if keys else None)
    answer = "true" if verdict.holds else f"false: {verdict.fault}"
    lines = [*(f"  holds: {line}" for line in verdict.checked), answer]
    sys.stdout.write("\n".join(lines) + "\n")
    return TRUE if verdict.holds else FALSE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer.read()))

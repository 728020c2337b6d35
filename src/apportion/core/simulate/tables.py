"""The tables of a replay, column by column; light to import, as no kernel stands here."""

from typing import Any

import numpy as np

NONE = -1
Table = Any  # an array of records


def _columns(whole: str, real: str = "") -> np.dtype[Any]:
    """Names the columns of a table. Shape: eight bytes each."""
    return np.dtype(
        [(name, np.int64) for name in whole.split()] + [(name, np.float64) for name in real.split()]
    )


# Units: seconds, processors. `left` and `guess` are what is still to run, truly and by the
# estimate; `first` and `started` the first and the last start; `lost` what stops have cost.
# `older` and `younger` chain what runs by (started, place).
JOB = _columns("submit procs leaf left guess started first ended lost older younger")
# A place in the queue of a leaf, from its `low` up to its `high`; job -1: taken out.
PLACE = _columns("job procs guess")
# A group; a parent comes before its children; `load` is usage over share. Units: quota, limit (-1: none) and `used` in
# processors, `usage` in decayed processor-seconds, `lent` in processor-seconds owed to it.
NODE = _columns(
    "parent depth quota limit priority goes_first exempt used waiting base low high cursor end lent lent_most served given weight part",
    real="share usage load",
)
CLOCK = _columns(
    "now free arrived owed lost preemptions held_back shadow extra tried queued stopped youngest repaid"
    " looked gaps"
)
# `served` of a node is what its jobs got from `watch_from` until `watch_until`.
# The queue goes by class where `by_class`, by usage where `by_usage`, then by (submit, id).
RULES = _columns(
    "capacity period checkpoint restart backfill depth reclaim by_class by_usage stop_lower"
    " watch_from watch_until",
    real="decay",
)
# The emergency; its node is -1 where there is none.
WINDOW = _columns("node start until amount preempt payback_part payback_whole")

"""What came of a replay."""

from dataclasses import dataclass

from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.policy import Emergency, Policy
from apportion.core.simulate.trace import Trace, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """What a group lent in an emergency. Units: processor-seconds."""

    group: str
    lent: int
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """What came of it.

    Shape: `starts` (the first, where a job was stopped and started again), `ends` and `lost` (work
        that stops have cost, by job) follow the jobs of `trace`, which are those that could run;
        the others are among its rejects. `served` is what each group got in the time watched.
    Units: seconds of the trace; lost in processor-seconds.
    """

    trace: Trace
    cluster: Cluster
    policy: Policy
    emergency: Emergency | None
    starts: Whole
    ends: Whole
    lost: Whole
    preemptions: int = 0
    loans: tuple[Loan, ...] = ()
    served: tuple[tuple[str, int], ...] = ()
    repaid_at: int | None = None

    @property
    def waits(self) -> Whole:
        """Seconds from submission to the first start."""
        return self.starts - self.trace.submit

"""Segments and jobs that tests of metering are made of."""

from hypothesis import strategies as st

from apportion.core.meter.segments import Segment

HOUR = 3600
T0 = 1_760_000_000  # an instant in October 2025


def segment(number=1, *, start=T0, seconds=HOUR, size=8, project="alpha", resource="gpu", **more):
    return Segment(
        run=f"job/{number}",
        project=project,
        user="ann",
        resource=resource,
        submitted_at=start,
        started_at=start,
        ended_at=start + seconds,
        size=size,
        job=str(number),
        **more,
    )


@st.composite
def workloads(draw):
    """Up to twenty jobs of a few projects, each with its own number."""
    shape = st.tuples(
        st.integers(0, 200), st.integers(1, 100), st.integers(1, 64), st.sampled_from("abx")
    )
    jobs = draw(st.lists(shape, max_size=20))
    return [
        segment(number, start=T0 + start, seconds=seconds, size=size, project=project)
        for number, (start, seconds, size, project) in enumerate(jobs)
    ]

"""The fast kernels of one pool equal the plain oracle, job for job."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.simulate.pool import run_easy, run_fcfs
from tests.conftest import SHARED
from tests.core.simulate.oracle import Job, easy, fcfs


def columns(jobs):
    def column(name):
        return np.array([getattr(job, name) for job in jobs], dtype=np.int64)

    return column("submit"), column("duration"), column("procs"), column("estimate")


@st.composite
def traces(draw, most=40, capacity=8):
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 60), st.integers(1, 30), st.integers(1, capacity), st.integers(0, 20)
            ),
            min_size=1,
            max_size=most,
        )
    )
    rows.sort(key=lambda row: row[0])
    return [
        Job(place=n, submit=submit, duration=ran, procs=procs, estimate=ran + over)
        for n, (submit, ran, procs, over) in enumerate(rows)
    ]


@settings(max_examples=300, deadline=None)
@given(jobs=traces())
def test_strict_order_equals_the_oracle_on_any_trace(jobs):
    submit, duration, procs, _ = columns(jobs)
    assert run_fcfs(submit, duration, procs, 8).tolist() == fcfs(jobs, 8)


@settings(max_examples=500, deadline=None)
@given(jobs=traces())
def test_easy_equals_the_oracle_on_any_trace(jobs):
    assert run_easy(*columns(jobs), 8).tolist() == easy(jobs, 8)


def test_easy_protects_the_reservation_of_the_head():
    jobs = [
        Job(place=0, submit=0, duration=10, procs=3, estimate=10),
        Job(place=1, submit=1, duration=5, procs=4, estimate=5),
        Job(place=2, submit=2, duration=100, procs=1, estimate=100),
    ]
    assert run_easy(*columns(jobs), 4).tolist() == [0, 10, 15]
    assert easy(jobs, 4) == [0, 10, 15]


def archived(name):
    path = SHARED / "data" / "traces" / name
    if not path.exists():
        pytest.skip("no traces here: set APPORTION_SHARED to the folder that has data/traces")
    jobs = []
    with gzip.open(path, "rt") as lines:
        for line in lines:
            row = line.split()
            if line.startswith(";") or not row:
                continue
            ran, procs = int(float(row[3])), int(row[7]) if int(row[7]) > 0 else int(row[4])
            if ran > 0 and procs > 0:
                limit = int(float(row[8]))
                jobs.append((int(row[1]), int(row[0]), ran, procs, max(limit, ran)))
    return [
        Job(place=n, submit=row[0], duration=row[2], procs=row[3], estimate=row[4])
        for n, row in enumerate(sorted(jobs))
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "capacity", "most"),
    [
        ("HPC2N-2002-first3k.swf.gz", 240, None),
        ("NASA-iPSC-1993-3.1-cln.swf.gz", 128, None),
        ("lublin_256.swf.gz", 256, None),
        ("RICC-2010-2-first100k.swf.gz", 8192, 3000),
    ],
)
def test_both_kernels_equal_the_oracle_on_archived_traces(name, capacity, most):
    jobs = archived(name)[:most]
    submit, duration, procs, estimate = columns(jobs)
    assert run_fcfs(submit, duration, procs, capacity).tolist() == fcfs(jobs, capacity)
    assert run_easy(submit, duration, procs, estimate, capacity).tolist() == easy(jobs, capacity)

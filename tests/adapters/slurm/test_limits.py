"""Limits in Slurm's words: read from sacctmgr's text, written as its command lines."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.slurm.limits import parse_limits
from apportion.adapters.slurm.render import render_line, render_query, render_step, render_tres
from apportion.core.enforce.plan import Step
from apportion.core.faults import BadInput
from apportion.core.ids import ID_PATTERN, ProjectId, ResourceCode

GPU, CPU = ResourceCode("gpu:h100"), ResourceCode("cpu")

# As Slurm 22.05 printed it: root has a user's line of its own, and limits keep their order.
RECORDED = """\
root||
root|root|
a:b@c+d_e||gres/gpu=5
proj-two.x||gres/gpu=9999999999999
proj1||cpu=50,gres/gpu=0,mem=4096,billing=77
proj1|nobody|gres/gpu=1
"""


def test_the_limits_of_accounts_are_read_and_those_of_users_are_not():
    assert parse_limits(RECORDED) == {
        "root": {},
        "a:b@c+d_e": {"gpu": 5},
        "proj-two.x": {"gpu": 9_999_999_999_999},
        "proj1": {"cpu": 50, "gpu": 0},
    }


@given(st.dictionaries(st.sampled_from([GPU, CPU, "gpu", "gpu:a100"]), st.integers(0, 2**62)))
def test_limits_written_are_read_back_as_themselves(minutes):
    assert parse_limits(f"vision||{render_tres(minutes)}") == {"vision": minutes}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("vision|gres/gpu=5", "not 3 fields"),
        ("vision||gres/gpu=5|more", "not 3 fields"),
        ("vision||gres/gpu", "not a list of NAME=MINUTES"),
        ("vision||gres/gpu=many", "not a list of NAME=MINUTES"),
        ("vision||gres/gpu=", "not a list of NAME=MINUTES"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_with_its_line(line, what):
    with pytest.raises(BadInput, match=what) as caught:
        parse_limits(f"root||\n{line}\n\nvideo|broken\n")
    assert [fault.line for fault in caught.value.faults] == [2, 4]


def test_a_step_becomes_one_command_that_names_cluster_account_and_limits():
    step = Step(
        project=ProjectId("Vision"),
        association="vision",
        minutes={GPU: 600, CPU: 90},
        generation=4,
    )
    assert render_line(render_step(step, cluster="testbed")) == (
        "sacctmgr -iQ modify account where account=vision cluster=testbed"
        " set GrpTRESMins=cpu=90,gres/gpu:h100=600"
    )


@given(st.from_regex(ID_PATTERN, fullmatch=True), st.from_regex(ID_PATTERN, fullmatch=True))
def test_any_name_stays_one_word_of_the_command(name, cluster):
    step = Step(project=ProjectId(name), association=name, minutes={GPU: 1}, generation=1)
    for command in (render_step(step, cluster=cluster), render_query(cluster=cluster)):
        assert shlex.split(render_line(command)) == list(command)
        assert not any("," in word for word in command if word.startswith(("account", "cluster")))

"""Limits in Slurm's words: what it said, recorded, and what it is told, as its command lines."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.slurm.answers import read_answers
from apportion.adapters.slurm.client import FEWEST, HANDS, share_out
from apportion.adapters.slurm.limits import render_tres, with_qos
from apportion.adapters.slurm.parse_assoc import parse_assoc_mgr
from apportion.adapters.slurm.parse_config import parse_config, parse_partitions, parse_qos
from apportion.adapters.slurm.parse_dump import parse_dump
from apportion.adapters.slurm.render import render_batch, render_line, render_query, render_step
from apportion.core.enforce.plan import Site, Step, Verb
from apportion.core.enforce.preflight import Level, Setup, preflight
from apportion.core.enforce.takeover import Fate, plan_takeover
from apportion.core.faults import BadInput
from apportion.core.ids import ProjectId, ResourceCode

GPU, CPU = ResourceCode("gpu:h100"), ResourceCode("cpu")
TRANSCRIPTS = Path(__file__).parent / "transcripts"
HOSTILE = ["a b", "x;reboot", "o'neil", '"', "näme", "a\nb", "$(id)", "-i", "a=b", "a,b", ""]


def recorded(name):
    return (TRANSCRIPTS / name).read_text()


def step(verb=Verb.SET_LIMIT, name="vision", **more):
    return Step(verb=verb, association=name, reason="because", generation=1, **more)


def test_one_answer_of_slurmctld_gives_accounts_limits_counters_members_and_qos():
    tree = parse_assoc_mgr(recorded("assoc_mgr.txt"), cluster="testbed")
    assert set(tree.associations) == {
        *("root", "apportion", "vision", "evil name;x", "pool1", "proja")
    }
    vision, proja = tree.associations["vision"], tree.associations["proja"]
    assert (vision.parent, vision.minutes, vision.submit_jobs) == ("apportion", {GPU: 600}, 0)
    assert (vision.members, vision.ghosts) == ({"root", "ghost1"}, {"ghost1"})
    assert (proja.minutes, proja.submit_jobs) == ({CPU: 5000, GPU: 7}, 5)
    assert proja.used == {CPU: 0, "gpu": 0, GPU: 0}
    assert tree.qos["q_proja"].minutes == {GPU: 5}


def test_another_cluster_has_no_accounts_in_the_answer():
    assert parse_assoc_mgr(recorded("assoc_mgr.txt"), cluster="other").associations == {}


def test_what_slurm_made_of_a_negative_limit_is_no_limit():
    text = recorded("assoc_mgr.txt").replace("gres/gpu:h100=7(0)", f"gres/gpu:h100={2**64 - 5}(0)")
    tree = parse_assoc_mgr(text, cluster="testbed")
    assert tree.associations["proja"].minutes == {CPU: 5000}


@pytest.mark.parametrize("share", [0, 1, 10, 50, 90])
def test_an_answer_that_was_cut_off_is_refused_and_never_taken_for_fewer_accounts(share):
    text = recorded("assoc_mgr.txt")
    with pytest.raises(BadInput):
        parse_assoc_mgr(text[: len(text) * share // 100], cluster="testbed")


def test_a_line_that_cannot_be_read_is_told_with_its_number():
    text = recorded("assoc_mgr.txt").replace("GrpSubmitJobs=5(0)", "GrpSubmitJobs=many")
    with pytest.raises(BadInput) as caught:
        parse_assoc_mgr(text, cluster="testbed")
    assert [fault.line for fault in caught.value.faults] == [11]


def test_the_qos_of_accounts_come_from_a_second_answer():
    tree = parse_assoc_mgr(recorded("assoc_mgr.txt"), cluster="testbed")
    vision = with_qos(tree, recorded("assoc_qos.txt")).associations["vision"]
    assert (vision.qos, vision.default_qos) == ({"codered", "normal"}, "codered")
    with pytest.raises(BadInput, match="not 3 fields"):
        with_qos(tree, "vision|normal\n")


def test_the_recorded_configuration_passes_but_for_a_qos_that_disables_limits():
    setup = Setup(
        config=parse_config(recorded("config.txt")),
        qos=parse_qos(recorded("qos.txt")),
        partitions=parse_partitions(recorded("partition.txt")),
    )
    refused = [
        check
        for check in preflight(setup, site=Site(), resources=[GPU, CPU])
        if check.level is Level.REFUSE
    ]
    [check] = refused
    assert (check.subject, check.mend) == (
        "QOS q_proja",
        "sacctmgr -i modify qos q_proja set GrpTRESMins=gres/gpu:h100=-1",
    )


def test_a_dump_gives_the_same_tree_as_the_live_cluster_but_for_its_counters():
    live = parse_assoc_mgr(recorded("assoc_mgr.txt"), cluster="testbed").associations
    dumped = parse_dump(recorded("dump.cfg"), file="dump.cfg").associations
    assert set(dumped) == set(live) - {"root"}
    for name, there in dumped.items():
        of_live = live[name]
        assert (there.parent, there.minutes, there.submit_jobs, there.members) == (
            of_live.parent,
            of_live.minutes,
            of_live.submit_jobs,
            of_live.members,
        )


def test_taking_over_makes_projects_of_leaves_and_leaves_pools_and_odd_names_alone():
    tree = parse_dump(recorded("dump.cfg"), file="dump.cfg")
    fates = {one.account: one.fate for one in plan_takeover(tree, known=[ProjectId("Vision")])}
    assert fates == {
        "apportion": Fate.POOL,
        "pool1": Fate.POOL,
        "evil name;x": Fate.UNNAMED,
        "vision": Fate.KNOWN,
        "proja": Fate.NEW,
    }
    [only] = plan_takeover(tree, known=[], under="pool1")
    assert (only.account, only.members, only.minutes) == (
        *("proja", ("ghosty", "root")),
        {CPU: 5000, GPU: 7},
    )


@pytest.mark.parametrize(
    "text", ["", "Account - 'a'\n", "nonsense\n", "Parent - 'root'\nAccount 'a'\n"]
)
def test_a_file_that_is_no_dump_is_refused(text):
    with pytest.raises(BadInput, match="sacctmgr dump"):
        parse_dump(text, file="f")


def test_answers_to_a_batch_are_told_apart_and_only_what_was_not_done_is_told():
    steps = [
        step(name="nope", minutes={GPU: 1}),
        step(name="proja", minutes={GPU: 600}),
        step(Verb.ADD_MEMBER, name="proja", user="root"),
        step(Verb.REMOVE_MEMBER, name="proja", user="ghosty"),
    ]
    [answer] = read_answers(steps, recorded("batch.txt"), failed=True)
    assert (answer.step.association, answer.said) == ("nope", "Nothing modified")


def test_an_answer_without_prompts_is_told_whole():
    [answer] = read_answers([step()], "Access denied", failed=True)
    assert answer.said == "Access denied"
    assert read_answers([step()], "", failed=False) == ()


@given(st.dictionaries(st.sampled_from([GPU, CPU, "gpu", "gpu:a100"]), st.integers(0, 2**62)))
def test_limits_are_written_as_plain_integers(minutes):
    for part in filter(None, render_tres(minutes).split(",")):
        name, _, count = part.rpartition("=")
        assert minutes[name.removeprefix("gres/")] == int(count)
        assert count.isascii()
        assert count.isdigit()


def test_a_limit_below_zero_which_slurm_takes_for_none_is_never_written():
    with pytest.raises(ValueError, match="below zero"):
        render_step(step(minutes={GPU: -5}), cluster="testbed")


def test_a_step_becomes_one_command_that_names_cluster_account_and_limits():
    assert render_line(render_step(step(minutes={GPU: 600, CPU: 90}), cluster="testbed")) == (
        "modify account where account=vision cluster=testbed"
        " set GrpTRESMins=cpu=90,gres/gpu:h100=600"
    )


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_name_reaches_a_command_whatever_is_ordered(verb, name):
    with pytest.raises(ValueError, match="no name for Slurm"):
        render_step(step(verb, name=name), cluster="testbed")
    if name:
        for field in ("user", "qos", "parent"):
            with pytest.raises(ValueError, match="no name for Slurm"):
                render_step(step(verb, **{field: name}), cluster="testbed")
        with pytest.raises(ValueError, match="no name for Slurm"):
            render_step(step(verb), cluster=name)


@given(st.text(max_size=30), st.sampled_from(Verb))
def test_a_batch_has_one_line_for_each_step_and_no_word_that_a_shell_would_bend(name, verb):
    try:
        text = render_batch([step(verb, name=name, user="ann", qos="q")] * 2, cluster="testbed")
    except ValueError:
        return
    assert text.count("\n") == 2
    assert all(shlex.split(line) == line.split() for line in text.splitlines())


def test_the_question_names_its_cluster():
    assert render_query(cluster="testbed") == (
        *("scontrol", "-o", "-M", "testbed", "show", "assoc_mgr", "flags=assoc,qos"),
    )


def setting(names):
    return [step(name=name, minutes={GPU: place}) for place, name in enumerate(names)]


@given(st.lists(st.sampled_from([f"p{n}" for n in range(400)]), max_size=600))
def test_orders_are_shared_out_whole_with_those_of_one_account_in_one_hand_and_in_order(names):
    shares = share_out(setting(names))
    assert len(shares) <= HANDS
    hands = {}
    for place, share in enumerate(shares):
        for one in share:
            assert hands.setdefault(one.association, place) == place
    for name in set(names):
        mine = [n.minutes[GPU] for share in shares for n in share if n.association == name]
        assert mine == [place for place, other in enumerate(names) if other == name]
    assert sum(map(len, shares)) == len(names)


def test_a_few_orders_are_given_to_one_sacctmgr():
    assert len(share_out(setting([f"p{n}" for n in range(2 * FEWEST - 1)]))) == 1
    assert len(share_out(setting([f"p{n}" for n in range(1_000)]))) == HANDS

"""cluster.toml: what it may say, and every fault with its line."""

import pytest

from apportion.adapters.files.parse_cluster import parse_cluster
from apportion.core.faults import BadInput
from apportion.core.simulate.cluster import Cluster, Group, Nodes


def test_a_pool_with_groups_is_read():
    text = """
    [pool]
    procs = 64
    [groups.research]
    quota = 40
    [groups.vision]
    parent = "research"
    share = 2
    limit = 32
    priority = 5
    """
    assert parse_cluster(text.encode(), "c.toml") == Cluster(
        procs=64,
        groups=(
            Group(name="research", quota=40),
            Group(name="vision", parent="research", share=2, limit=32, priority=5),
        ),
    )


def test_groups_with_nodes_of_their_own_are_read_and_names_stay_text():
    text = """
    [groups.6214e9]
    placement = "gang"
    [[groups.6214e9.nodes]]
    count = 12
    gpus = 8
    [[groups.6214e9.nodes]]
    count = 3
    gpus = 8
    """
    cluster = parse_cluster(text.encode(), "c.toml")
    assert cluster.groups == (Group(name="6214e9", nodes=Nodes(count=15, gpus=8)),)
    assert cluster.capacity == 120


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[pool]\nprocs = 0\n", 2, "from 1 to"),
        ("[pool]\nprocs = -5\n", 2, "from 1 to"),
        ("[pool]\nprocs = 1.5\n", 2, "whole number"),
        ("[pool]\nprocs = true\n", 2, "whole number"),
        ("[pool]\nprocz = 5\n", 2, "Did you mean procs"),
        ("", None, "no pool and no nodes"),
        ("[pool]\nprocs = 8\n[groups.a]\nparent = 'b'\n", 4, "no such group"),
        ("[pool]\nprocs = 8\n[groups.a]\nparent = 'a'\n", 4, "above itself"),
        ("[pool]\nprocs = 8\n[groups.a]\nquota = 9\n", None, "quotas of 9"),
        ("[groups.a]\nplacement = 'gang'\n", 2, "gang without nodes"),
        ("[groups.a]\nplacement = 'heap'\n", 2, "not known"),
        ("[pool]\nprocs = 8\n[[nodes]]\ncount = 1\ngpus = 8\n", 1, "pool beside nodes"),
        ("[[nodes]]\ncount = 1\ngpus = 8\n[[nodes]]\ncount = 1\ngpus = 4\n", None, "several kinds"),
        ("[pool\n", 1, "not TOML"),
    ],
)
def test_a_cluster_is_refused_when_something_is_wrong_and_the_fault_says_where(text, line, words):
    with pytest.raises(BadInput) as refused:
        parse_cluster(text.encode(), "c.toml")
    assert any(words in str(fault) for fault in refused.value.faults)
    if line is not None:
        assert refused.value.faults[0].line == line


def test_all_faults_of_a_cluster_are_told_at_once():
    text = "[pool]\nprocs = 0\n[groups.a]\nshare = 0\nlimit = -1\nparent = 7\n"
    with pytest.raises(BadInput) as refused:
        parse_cluster(text.encode(), "c.toml")
    assert [fault.line for fault in refused.value.faults] == [6, 4, 5, 2]

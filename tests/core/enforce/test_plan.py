"""The plan of a reconciler: mends what differs, touches nothing else, and then finds no more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.enforce.desired import ProjectLimit, rebase
from apportion.core.enforce.names import association_of, is_account, is_user
from apportion.core.enforce.plan import FailMode, Means, Site, Verb, plan_limits
from apportion.core.enforce.tree import Association, Tree
from apportion.core.ids import ProjectId, ResourceCode
from tests.core.enforce.scheduler import carried_out

GPU, CPU = ResourceCode("gpu:h100"), ResourceCode("cpu")
USERS = ["ann", "bob", "eve"]
limits = st.dictionaries(st.sampled_from([GPU, CPU]), st.integers(0, 10**9))
caps = st.dictionaries(
    st.sampled_from([*USERS, "Not A User"]),
    st.dictionaries(st.sampled_from([GPU, CPU]), st.none() | st.integers(0, 10**9)),
)
wishes = st.builds(
    ProjectLimit,
    project=st.just(ProjectId("")),
    minutes=st.dictionaries(st.sampled_from([GPU, CPU]), st.integers(0, 10**9), min_size=1),
    members=st.lists(st.sampled_from(USERS), unique=True).map(tuple),
    hold=st.sampled_from(["", "put aside"]),
    held=st.just(True),
    caps=caps,
    boost=st.sampled_from(["", "code red"]),
)
desires = st.dictionaries(st.sampled_from(["vision", "video", "Alignment"]), wishes).map(
    lambda d: [replace(wish, project=ProjectId(name)) for name, wish in sorted(d.items())]
)
accounts = st.builds(
    Association,
    name=st.just(""),
    parent=st.sampled_from(["root", "apportion"]),
    minutes=limits,
    submit_jobs=st.sampled_from([None, 0, 5]),
    members=st.frozensets(st.sampled_from(USERS)),
    caps=st.dictionaries(st.sampled_from(USERS), limits),
    qos=st.sampled_from([frozenset({"normal"}), frozenset({"normal", "codered"})]),
)
worlds = st.dictionaries(
    st.sampled_from(["vision", "video", "alignment", "lost", "apportion"]), accounts
).map(lambda d: Tree(associations={n: replace(a, name=n) for n, a in d.items()}))
sites = st.builds(Site, means=st.sampled_from(Means), fail_mode=st.sampled_from(FailMode))
SITE = Site()


def plan(desired, tree, site=SITE, generation=1):
    return plan_limits(desired=desired, tree=tree, site=site, generation=generation)


def wish(name="vision", minutes=600, **more):
    return ProjectLimit(project=ProjectId(name), minutes={GPU: minutes}, **more)


def world(*there):
    return Tree(associations={one.name: one for one in there})


@given(desires, worlds, sites)
def test_applying_a_plan_leaves_nothing_to_order(desired, tree, site):
    first = plan(desired, tree, site)
    assert plan(desired, carried_out(first.steps, tree), site, generation=2).steps == ()


@given(desires, worlds, sites)
def test_a_plan_touches_no_account_that_the_books_do_not_name(desired, tree, site):
    named = {association_of(one.project) for one in desired} | {site.pool}
    touched = {step.association for step in plan(desired, tree, site).steps} - {site.boost_qos}
    strays = {n for n, a in tree.associations.items() if a.parent == site.pool}
    assert touched - named <= (strays if site.fail_mode is FailMode.CLOSED else set())


@given(desires, worlds, sites)
def test_members_of_accounts_that_others_made_stay(desired, tree, site):
    members = (Verb.ADD_MEMBER, Verb.REMOVE_MEMBER)
    for step in plan(desired, tree, site).steps:
        there = tree.associations.get(step.association)
        if step.verb in members and there is not None:
            assert there.parent == site.pool


@given(desires, worlds, sites)
def test_every_step_says_why_and_under_which_generation(desired, tree, site):
    steps = plan(desired, tree, site, generation=7).steps
    assert all(step.reason and step.generation == 7 for step in steps)


def test_a_limit_that_somebody_raised_by_hand_is_told_with_both_numbers():
    found = plan([wish()], world(Association(name="vision", minutes={GPU: 900, CPU: 5})))
    [step] = found.steps
    assert (step.verb, step.minutes) == (Verb.SET_LIMIT, {GPU: 600})
    assert step.reason == "gpu:h100 should be 600 minutes and is 900 minutes"


def test_a_project_without_an_account_gets_one_under_the_pool_with_limit_before_members():
    steps = plan([wish(members=("bob", "ann"))], world()).steps
    assert [(step.verb, step.association, step.user) for step in steps] == [
        (Verb.ADD_ACCOUNT, "apportion", ""),
        (Verb.ADD_ACCOUNT, "vision", ""),
        (Verb.SET_LIMIT, "vision", ""),
        (Verb.ADD_MEMBER, "vision", "ann"),
        (Verb.ADD_MEMBER, "vision", "bob"),
    ]


def test_who_left_a_project_loses_the_account_and_who_joined_gets_it():
    there = Association(
        name="vision", parent="apportion", minutes={GPU: 600}, members=frozenset({"ann", "bob"})
    )
    steps = plan([wish(members=("ann", "eve"))], world(there)).steps
    assert [(step.verb, step.user) for step in steps] == [
        (Verb.ADD_MEMBER, "eve"),
        (Verb.REMOVE_MEMBER, "bob"),
    ]


def test_where_fair_share_decays_each_project_gets_a_qos_of_its_own():
    site = replace(SITE, means=Means.QOS)
    there = Association(name="vision", minutes={GPU: 1}, qos=frozenset({"normal"}))
    steps = plan([wish()], world(there), site).steps
    assert [(step.verb, step.qos) for step in steps] == [
        (Verb.ADD_QOS, "apportion_vision"),
        (Verb.SET_QOS_LIMIT, "apportion_vision"),
        (Verb.USE_QOS, "apportion_vision"),
    ]


def test_a_hold_that_an_operator_set_is_not_undone():
    by_hand = Association(name="vision", minutes={GPU: 600}, submit_jobs=0)
    assert plan([wish()], world(by_hand)).matches
    [step] = plan([wish(held=True)], world(by_hand)).steps
    assert step.verb is Verb.FREE


def test_a_stray_account_waits_where_the_site_fails_closed_and_is_told_where_it_fails_open():
    tree = world(Association(name="lost", parent="apportion"))
    told = plan([], tree)
    assert (told.steps, [finding.subject for finding in told.findings]) == ((), ["lost"])
    [step] = plan([], tree, replace(SITE, fail_mode=FailMode.CLOSED)).steps
    assert (step.verb, step.association) == (Verb.HOLD, "lost")


def test_two_projects_whose_names_differ_in_case_only_get_no_step_for_one_would_undo_the_other():
    found = plan([wish("Vision"), wish("vision")], world(Association(name="vision")))
    assert found.steps == ()
    assert [finding.subject for finding in found.findings] == ["Vision", "vision"]


@pytest.mark.parametrize("name", ["a b", "x;reboot", "o'neil", "näme", "a\nb", "root", "apportion"])
def test_a_name_that_no_account_may_have_gets_no_step_and_is_told(name):
    found = plan([wish(name)], world())
    assert found.steps == ()
    assert [finding.subject for finding in found.findings] == [name]


def test_a_member_whose_name_no_unix_account_may_have_is_told_and_not_ordered():
    there = Association(name="vision", parent="apportion", minutes={GPU: 600})
    found = plan([wish(members=("ann; rm", "Ann"))], world(there))
    assert found.steps == ()
    assert len(found.findings) == 2


def test_a_member_without_a_unix_account_is_told_with_the_mend():
    there = Association(
        name="vision", minutes={GPU: 600}, members=frozenset({"ann"}), ghosts=frozenset({"ann"})
    )
    [finding] = plan([wish()], world(there)).findings
    assert "scontrol reconfigure" in finding.mend


@given(st.text())
def test_a_name_that_passes_holds_nothing_that_a_shell_or_slurm_would_bend(text):
    safe = set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    if is_account(text) or is_user(text):
        assert set(text) <= safe
        assert not text.startswith("-")


@given(limits, limits)
def test_what_a_counter_forgot_comes_off_the_limit_and_never_below_zero(minutes, lost):
    limit = ProjectLimit(project=ProjectId("vision"), minutes=minutes)
    for code, count in rebase(limit, lost).minutes.items():
        assert count == max(0, minutes[code] - lost.get(code, 0))


def capped(*, parent="apportion", has=None, wanted=(("ann", {GPU: 60}),), site=SITE):
    """What is ordered of the members of one account, by user."""
    there = Association(
        name="vision", parent=parent, minutes={GPU: 600}, members={"ann", "bob"}, caps=has or {}
    )
    wished = wish(members=("ann", "bob"), caps=dict(wanted))
    steps = plan([wished], world(there), site).steps
    return {
        step.user: (step.verb, dict(step.minutes))
        for step in steps
        if step.verb in (Verb.SET_CAP, Verb.LIFT_CAP)
    }


def test_a_cap_is_ordered_where_it_differs_and_lifted_where_it_is_over():
    assert capped() == {"ann": (Verb.SET_CAP, {GPU: 60})}
    assert capped(has={"ann": {GPU: 60}}) == {}
    assert capped(has={"ann": {GPU: 61}}) == {"ann": (Verb.SET_CAP, {GPU: 60})}
    over = [("ann", {GPU: None})]
    assert capped(has={"ann": {GPU: 60}}, wanted=over) == {"ann": (Verb.LIFT_CAP, {GPU: 0})}
    assert capped(wanted=over) == {}


def test_a_limit_that_somebody_else_gave_a_member_stays():
    assert capped(has={"bob": {GPU: 5}, "ann": {CPU: 7, GPU: 60}}) == {}


def test_a_member_is_capped_on_an_account_that_others_made_only_where_they_are_in_it():
    wanted = [("ann", {GPU: 60}), ("eve", {GPU: 1})]
    assert set(capped(parent="root", wanted=wanted)) == {"ann"}


def test_no_cap_is_ordered_where_qos_hold_limits_for_they_would_silence_it():
    assert capped(site=Site(means=Means.QOS)) == {}

"""Conflicts are found on the ground that holds, either way, and on no other."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.review.conflicts import Case, Joint, Ties, find_conflicts
from apportion.core.review.terms import ALWAYS, CHOSEN, Ground

EVERY = ALWAYS | frozenset(CHOSEN)
CASE = Case(ref="q", applicants=frozenset({"ann", "bob"}), declared={"di": "We compete"})
TIES = Ties(
    managers={"ann": "max", "max": "top", "low": "ann"},
    teams={"Vision": frozenset({"ann", "tim"})},
    projects={"Sleep": frozenset({"bob", "pat"})},
    joint=(Joint(first="ann", second="cy", what="On sleep", year=2022),),
    close=(("kim", "ann", "Kin"), ("bob", "lou", "Adviser")),
)
PEOPLE = ["ann", "di", "kim", "lou", "max", "top", "low", "tim", "pat", "cy", "eve"]


def grounds_of(**terms):
    found = find_conflicts(PEOPLE, [CASE], TIES, **{"grounds": EVERY, "since_year": 2022, **terms})
    return {one.person: one.ground for one in found}


def test_each_tie_is_found_and_its_ground_is_told():
    assert grounds_of() == {
        "ann": Ground.APPLICANT,
        "di": Ground.DECLARED,
        "kim": Ground.CLOSE,
        "lou": Ground.CLOSE,
        "max": Ground.LINE,
        "top": Ground.LINE,
        "low": Ground.LINE,
        "tim": Ground.TEAM,
        "pat": Ground.PROJECT,
        "cy": Ground.COAUTHOR,
    }


def test_a_work_of_long_ago_no_longer_bars():
    assert "cy" not in grounds_of(since_year=2023)


def test_a_policy_leaves_grounds_out_but_never_what_somebody_said():
    assert grounds_of(grounds=frozenset()).keys() == {"ann", "di", "kim", "lou"}
    assert grounds_of(grounds=frozenset({Ground.TEAM})).keys() == {"ann", "di", "kim", "lou", "tim"}


def test_a_line_in_a_circle_ends():
    ties = Ties(managers={"a": "b", "b": "c", "c": "b"})
    case = Case(ref="q", applicants=frozenset({"c"}))
    found = find_conflicts(["a", "b"], [case], ties, grounds=EVERY, since_year=0)
    assert {one.person for one in found} == {"a", "b"}


names = st.sampled_from("abcdef")


@given(st.lists(st.tuples(names, names)), st.dictionaries(names, names), names, names)
def test_who_may_not_judge_whom_holds_both_ways(pairs, managers, one, other):
    ties = Ties(
        managers={low: top for low, top in managers.items() if low < top},
        joint=tuple(Joint(first=a, second=b, what="", year=2025) for a, b in pairs),
        teams={"t": frozenset(a for a, _ in pairs)},
    )

    def barred(judge, applicant):
        case = Case(ref="q", applicants=frozenset({applicant}))
        return bool(find_conflicts([judge], [case], ties, grounds=EVERY, since_year=2020))

    assert barred(one, other) == barred(other, one)

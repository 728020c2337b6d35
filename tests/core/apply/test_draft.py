"""A draft is complete or every gap is named, by precedence."""

from apportion.core.apply.draft import Draft, check_draft
from apportion.core.policy import Area, Group, Policy
from apportion.core.refusals import Code
from apportion.core.units import Resource

GPU = "gpu:h100"
POLICY = Policy(
    name="Spring",
    resources={GPU: Resource(code=GPU)},
    pool={GPU: 3600 * 100},
    areas=(Area(id="foundations", name="Foundations"),),
    groups=(Group(id="flagship", cap={GPU: 3600}),),
)
GOOD = {
    "ref": "r-1",
    "area": "foundations",
    "title": "Depth",
    "question": "Does depth help?",
    "minimum": {GPU: 3600},
    "ask": {GPU: 7200},
}


def codes(**changed):
    return [refusal.code for refusal in check_draft(Draft(**GOOD | changed), POLICY)]


def test_a_complete_draft_has_nothing_against_it():
    assert codes() == []


def test_each_gap_is_named():
    assert codes(title=" ") == [Code.INCOMPLETE]
    assert codes(question="x" * 281) == [Code.OUT_OF_RANGE]
    assert codes(area="nowhere") == [Code.NOT_FOUND]
    assert codes(groups=("nobody",)) == [Code.NOT_FOUND]
    assert codes(minimum={GPU: 7201}) == [Code.MINIMUM_ABOVE_ASK]
    assert codes(minimum={GPU: 0}) == [Code.OUT_OF_RANGE]
    assert codes(minimum={GPU: 3600, "tape": 1}, ask={GPU: 7200, "tape": 2}) == [Code.NOT_FOUND]


def test_all_gaps_come_at_once_the_first_first():
    found = codes(title="", area="nowhere", minimum={}, ask={})
    assert found == [Code.NOT_FOUND, Code.NOTHING_ASKED, Code.INCOMPLETE]


def test_a_minimum_that_no_round_could_give_is_refused():
    assert codes(minimum={GPU: 3600 * 101}, ask={GPU: 3600 * 200}) == [Code.OUT_OF_RANGE]

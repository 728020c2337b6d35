"""Who may ask: every rule of the call is told before anybody writes, and refused by name after."""

from apportion.core.apply.call import Call, Eligible
from apportion.core.apply.eligibility import Applicant, check_eligible, rules_for
from apportion.core.ids import AreaId
from apportion.core.refusals import Code

NAMES = {"alignment": "Alignment"}
CALL = Call(
    eligible=Eligible(
        roles=("researcher",), areas=(AreaId("alignment"),), most_open=2, no_overdue_report=True
    )
)


def applicant(**facts):
    plain = {"name": "Ann", "roles": frozenset({"researcher"}), "open_requests": 0}
    return Applicant(**{**plain, **facts})


def test_a_call_without_rules_bars_nobody():
    assert rules_for(applicant(roles=frozenset()), Call(), area_names=NAMES) == ()


def test_every_rule_is_told_whether_it_holds_or_not():
    told = rules_for(applicant(area=AreaId("alignment")), CALL, area_names=NAMES)
    assert [rule.holds for rule in told] == [True] * 4


def test_before_a_project_is_chosen_its_area_cannot_be_told():
    told = rules_for(applicant(), CALL, area_names=NAMES)
    assert [rule.holds for rule in told] == [True, None, True, True]
    assert check_eligible(applicant(), CALL, area_names=NAMES) == ()


def test_whoever_does_not_meet_a_rule_is_refused_by_that_rule():
    barred = applicant(
        roles=frozenset({"board"}),
        area=AreaId("video"),
        open_requests=2,
        overdue_reports=("3 Feb",),
    )
    found = check_eligible(barred, CALL, area_names=NAMES)
    assert [refusal.code for refusal in found] == [Code.NOT_ELIGIBLE] * 4
    words = " ".join(refusal.remedy for refusal in found)
    assert "The project is in Alignment." in words
    assert "due was 3 Feb" in words

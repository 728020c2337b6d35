"""Readers are matched, chased and replied to; who becomes conflicted later counts no more."""

from datetime import timedelta

import pytest

from apportion.apps.apply.actions import add_member
from apportion.apps.people.actions import add_person
from apportion.apps.people.ties import declare_closeness, record_work, set_manager, set_team
from apportion.apps.review.actions import (
    assign_reviewer,
    decline_opinion,
    save_draft_opinion,
    write_opinion,
)
from apportion.apps.review.assigning import (
    edit_suggestion,
    plan_round,
    send_suggestions,
    set_expertise,
    suggest_reviewers,
)
from apportion.apps.review.chasing import advance_reviews, chase_by_hand
from apportion.apps.review.conflicts import conflicts_of, recheck_conflicts
from apportion.apps.review.models import Happening, Opinion, Suggestion
from apportion.apps.review.queries import panel_scores
from apportion.apps.review.replies import replies_due, unnamed_opinions, write_reply
from apportion.core.refusals import Code, Refused
from apportion.core.review.terms import Ground
from tests.apps.small_lab import DATES, NOW, POLICY, file_request, open_spring

REVIEW = """
[review]
names = "blind"
opinions = 2
load = 3
remind_days = [3, 1]
escalate_days = 1
overdue = "reassign"
reply_days = 3
scale = [1, 5]
[[review.criteria]]
id = "insight"
name = "What would be learnt"
weight = 3
[[review.criteria]]
id = "plan"
name = "The plan"
"""
DAY = timedelta(days=1)
DUE = DATES.reviews_due_at


def code_of(error):
    return error.value.refusals[0].code


@pytest.fixture
def more(folk):
    """Three more reviewers."""
    return {
        name: add_person(username=name, name=name.title(), roles=["reviewer"])
        for name in ("kim", "lou", "max")
    }


@pytest.fixture
def strict(folk, more):
    """A round under a rubric, reviewed blind."""
    return open_spring(folk["eve"], policy=POLICY + REVIEW)


def work_together(row, lead, *people):
    project = file_request(row, lead, "other").project
    for person in people:
        add_member(project=project, person=person)


def marked(request, reviewer, insight, plan, at=NOW, **more):
    marks = {"insight": insight, "plan": plan}
    return write_opinion(request=request, by=reviewer, marks=marks, now=at, **more)


def test_marks_make_the_score(folk, strict):
    request = file_request(strict, folk["ann"], "p")
    assert marked(request, folk["rev"], 5, 1).score_hundredths == 775
    for marks in ({"insight": 5}, {"insight": 6, "plan": 1}, {"insight": 5, "plan": 1, "x": 1}):
        with pytest.raises(Refused):
            write_opinion(request=request, by=folk["rev"], marks=marks, now=NOW)
    with pytest.raises(Refused) as error:
        write_opinion(request=request, by=folk["rev"], score_hundredths=700, now=NOW)
    assert code_of(error) == Code.INCOMPLETE


@pytest.mark.parametrize(
    ("tie", "ground"),
    [
        (lambda f, r: set_team(slug="t", members=["rev", "ann"], by=f["ops"]), Ground.TEAM),
        (lambda f, r: set_manager(person=f["ann"], manager=f["rev"], by=f["ops"]), Ground.LINE),
        (lambda f, r: set_manager(person=f["rev"], manager=f["ann"], by=f["ops"]), Ground.LINE),
        (
            lambda f, r: record_work(people=(f["rev"], f["ann"]), year=2025, by=f["ann"], now=NOW),
            Ground.COAUTHOR,
        ),
        (
            lambda f, r: declare_closeness(by=f["ann"], about=f["rev"], ground="Kin", now=NOW),
            Ground.CLOSE,
        ),
        (lambda f, r: add_member(project=r.project, person=f["rev"]), Ground.APPLICANT),
        (
            lambda f, r: work_together(r.round, f["bob"], f["rev"], f["ann"]),
            Ground.PROJECT,
        ),
    ],
)
def test_a_conflict_that_comes_after_scoring_sets_the_opinion_aside(folk, spring, tie, ground):
    request = file_request(spring, folk["ann"], "p", score=9, reviewer=folk["rev"])
    assert conflicts_of(folk["rev"], request, now=NOW) == ()
    tie(folk, request)
    assert conflicts_of(folk["rev"], request, now=NOW)[0].ground is ground
    assert advance_reviews(now=NOW)
    kept = Opinion.objects.get(request=request)
    assert kept.score_hundredths == 900
    assert kept.set_aside_at == NOW
    assert panel_scores("spring") == {}
    assert Happening.objects.get(kind="set_aside").words.endswith("after it was given")
    assert recheck_conflicts(row=spring, by=folk["eve"], now=NOW) == []
    with pytest.raises(Refused) as error:
        write_opinion(request=request, by=folk["rev"], score_hundredths=900, now=NOW)
    assert code_of(error) == Code.CONFLICT_OF_INTEREST
    assert "ann" not in str(error.value).lower().replace("p:", "")


def test_a_plan_is_suggested_changed_and_sent(folk, more, strict):
    rows = [file_request(strict, folk["ann"], slug) for slug in ("video", "sleep", "proof")]
    set_expertise(person=more["kim"], keywords="sleep", areas=[], most=1, by=more["kim"])
    set_team(slug="t", members=["lou", "ann"], by=folk["ops"])
    with pytest.raises(Refused):
        suggest_reviewers(row=strict, by=folk["rev"], now=NOW)
    match = suggest_reviewers(row=strict, by=folk["eve"], now=NOW)
    pairs = {(p.ref, p.reader) for p in match.plan.pairs}
    assert (rows[1].ref, "kim") in pairs
    assert not any(reader == "lou" for _, reader in pairs)
    assert [reader for _, reader in pairs].count("kim") == 1
    assert match.plan.short == ()
    assert not Opinion.objects.exists()
    with pytest.raises(Refused) as error:
        edit_suggestion(request=rows[0], reviewer=more["lou"], wanted=True, by=folk["eve"], now=NOW)
    assert code_of(error) == Code.CONFLICT_OF_INTEREST
    edit_suggestion(request=rows[1], reviewer=more["kim"], wanted=False, by=folk["eve"], now=NOW)
    asked = send_suggestions(row=strict, by=folk["eve"], now=NOW)
    assert len(asked) == len(pairs) - 1
    assert not Suggestion.objects.exists()
    assert send_suggestions(row=strict, by=folk["eve"], now=NOW) == []


def test_a_conflict_that_came_since_stops_the_whole_sending(folk, more, strict):
    file_request(strict, folk["ann"], "video")
    suggest_reviewers(row=strict, by=folk["eve"], now=NOW)
    set_team(slug="t", members=["ann", "kim", "lou", "max", "rev"], by=folk["ops"])
    with pytest.raises(Refused) as error:
        send_suggestions(row=strict, by=folk["eve"], now=NOW)
    assert code_of(error) == Code.CONFLICT_OF_INTEREST
    assert not Opinion.objects.exists()


def test_a_plan_says_which_request_lacks_readers_and_why(folk, more, strict):
    request = file_request(strict, folk["ann"], "video")
    set_team(slug="t", members=["ann", "kim", "lou"], by=folk["ops"])
    assign_reviewer(request=request, reviewer=more["max"], now=NOW)
    decline_opinion(request=request, by=more["max"], reason="No time", now=NOW)
    short = plan_round(strict, now=NOW).plan.short[0]
    assert (short.wanted, short.found, short.eligible) == (2, 1, 1)
    assert short.barred == {"declined": 1, "team": 2}


def test_reminders_come_once_and_what_stays_missing_goes_to_somebody_else(folk, more, strict):
    request = file_request(strict, folk["ann"], "video")
    assign_reviewer(request=request, reviewer=folk["rev"], now=NOW)
    for day in (-5, -3, -3, -2, -1, -1, 0.5):
        advance_reviews(now=DUE + day * DAY)
    assert list(Happening.objects.filter(kind="reminded").values_list("mark", flat=True)) == [1, 3]
    for day in (1, 1, 1.5):
        advance_reviews(now=DUE + day * DAY)
    assert Happening.objects.filter(kind="escalated").count() == 1
    asked = Opinion.objects.exclude(reviewer=folk["rev"])
    assert asked.count() == 2
    late = marked(request, folk["rev"], 3, 3, at=DUE + 2 * DAY)  # late is late, and still counts
    assert panel_scores("spring")[request.ref] == late.score_hundredths / 100


def test_where_nobody_else_can_be_found_the_chair_is_told_once(folk, strict):
    request = file_request(strict, folk["ann"], "video")
    set_team(slug="t", members=["ann", "kim", "lou", "max"], by=folk["ops"])
    assign_reviewer(request=request, reviewer=folk["rev"], now=NOW)
    for day in (1, 2, 3):
        advance_reviews(now=DUE + day * DAY)
    assert Happening.objects.filter(kind="short").count() == 1


def test_a_chair_reminds_by_hand_once_a_day(folk, strict):
    request = file_request(strict, folk["ann"], "video")
    assign_reviewer(request=request, reviewer=folk["rev"], now=NOW)
    counts = [
        len(chase_by_hand(row=strict, by=folk["eve"], now=NOW + hours * DAY / 24))
        for hours in (0, 1, 24)
    ]
    assert counts == [1, 0, 1]


def test_an_applicant_reads_opinions_without_names_and_replies_once(folk, more, strict):
    request = file_request(strict, folk["ann"], "video")
    marked(request, folk["rev"], 2, 2, comment="Too little power.")
    marked(request, more["kim"], 4, 4, comment="Sound.")
    assert replies_due(folk["ann"], DUE - DAY) == []
    for at, who in ((DUE - DAY, "ann"), (DUE + 3 * DAY, "ann"), (DUE, "bob")):
        with pytest.raises(Refused):
            write_reply(request=request, by=folk[who], text="We added runs.", now=at)
    assert {one.name for one in unnamed_opinions(request)} == {"Reviewer 1", "Reviewer 2"}
    assert [row.ref for row, _ in replies_due(folk["ann"], DUE)] == [request.ref]
    for _ in range(2):  # sent twice
        write_reply(request=request, by=folk["ann"], text="We added runs.", now=DUE)
    with pytest.raises(Refused) as error:
        write_reply(request=request, by=folk["ann"], text="And more.", now=DUE)
    assert code_of(error) == Code.ALREADY_DONE
    assert replies_due(folk["ann"], DUE) == []
    marked(request, folk["rev"], 4, 3, at=DUE + DAY)
    assert Happening.objects.get(kind="amended").words == "3.25, now 7.19"


def test_a_draft_is_kept_as_typed_and_two_windows_lose_nothing(folk, strict):
    request = file_request(strict, folk["ann"], "video")
    with pytest.raises(Refused):
        save_draft_opinion(request=request, by=folk["rev"], draft={}, version=0, now=NOW)
    assign_reviewer(request=request, reviewer=folk["rev"], now=NOW)

    def save(text, version):
        draft = {"comment": text}
        return save_draft_opinion(
            request=request, by=folk["rev"], draft=draft, version=version, now=NOW
        )

    assert save("one", 0)[0]
    assert save("one two", 1)[0]
    kept, standing = save("another window", 1)
    assert (kept, standing.draft) == (False, {"comment": "one two"})
    assert panel_scores("spring") == {}
    assert marked(request, folk["rev"], 3, 3).draft is None


def test_a_blind_round_tells_reviewers_no_name_of_those_who_ask(client, folk, strict):
    lead = add_person(username="zq", name="Zebedee Quark", roles=["researcher"])
    row = file_request(strict, lead, "video")
    assign_reviewer(request=row, reviewer=folk["rev"], now=NOW)
    paths = (
        "/",
        "/inbox.json",
        "/mine/reviews/",
        f"/requests/{row.ref}/opinion/",
        f"/requests/{row.ref}/",
        "/projects/",
        "/projects/video/",
        "/projects/video/members/",
        "/projects/video/members/members.csv",
        "/api/v1/projects/video/members",
        "/experiments/",
        "/rounds/spring/",
        "/rounds/spring/requests/",
        "/rounds/spring/requests.json",
        "/rounds/spring/requests.csv",
        "/standing.json",
    )
    client.force_login(folk["rev"])
    for path in paths:
        body = client.get(path).content.decode()
        assert "Quark" not in body, path
        assert '"zq"' not in body, path
    client.force_login(folk["eve"])
    assert "Quark" in client.get("/projects/video/").content.decode()


def test_an_applicant_who_also_reviews_reads_no_reviewers_name_on_their_own_request(
    client, folk, strict
):
    both = add_person(username="both", name="Both", roles=["researcher", "reviewer"])
    row = file_request(strict, both, "video")
    folk["rev"].name = "Zebedee Quark"
    folk["rev"].save()
    marked(row, folk["rev"], 3, 3, comment="Sound.")
    for path in (f"/requests/{row.ref}/", f"/requests/{row.ref}/reply/"):
        client.force_login(both)
        body = client.get(path).content.decode()
        assert "Quark" not in body

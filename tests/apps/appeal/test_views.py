"""Pages of appeals."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apportion.apps.appeal.queries import find_appeal, sitting
from tests.apps.appeal.lab import DAY, TOLD, appeal, ref_of
from tests.apps.pages import HOSTILE, QUERIES_A_PAGE, heading, read, visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(settings):
    """A day after the decision."""
    settings.APPORTION_CLOCK = lambda: TOLD + DAY


def decider_of(row):
    return sitting(row)[0].person


def test_an_appeal_goes_from_not_yet_to_upheld_by_pages_alone(client, lab):
    ref = ref_of(lab, 2)
    outcome = visit(client, lab["bob"], f"/requests/{ref}/outcome/")
    assert f"/requests/{ref}/appeal/" in outcome.content.decode()
    form = visit(client, lab["bob"], f"/requests/{ref}/appeal/")
    assert "Other people than Eve decide" in read(form)
    sent = visit(client, lab["bob"], f"/requests/{ref}/appeal/", ground="fact", words="Misread.")
    home = sent["Location"]
    row = find_appeal(f"{ref}-appeal-1")
    page = visit(client, decider_of(row), home)
    assert heading(page) == "Gamma: waits for a ruling."
    assert "30 of 30 left" in read(page)
    ruled = visit(client, decider_of(row), f"{home}rule/", ruling="uphold", reasons="It was.")
    assert ruled["Location"] == home
    assert heading(visit(client, lab["bob"], home)) == "Gamma: upheld."
    assert "25 GPU-h more, from the appeals reserve." in read(client.get(home))
    assert "Granted in full." in read(client.get(f"/requests/{ref}/outcome/"))


def test_a_ruling_that_cannot_be_is_told_and_nothing_typed_is_lost(client, lab):
    row = appeal(lab)
    page = visit(
        client,
        decider_of(row),
        f"/appeals/{row.ref}/rule/",
        ruling="part",
        percent="1",
        reasons="A little.",
    )
    assert page.status_code == 409
    assert "Uphold it at its minimum or above" in read(page)
    assert "A little." in read(page)


@pytest.mark.parametrize("percent", ["x", "1e999", "-5", "101", "nan"])
def test_a_share_that_is_none_is_refused(client, lab, percent):
    row = appeal(lab)
    page = visit(
        client,
        decider_of(row),
        f"/appeals/{row.ref}/rule/",
        ruling="part",
        percent=percent,
        reasons="So.",
    )
    assert page.status_code == 409
    assert find_appeal(row.ref).state == "filed"


def test_an_appeal_is_read_by_its_own_people_alone(client, lab):
    row = appeal(lab)
    for name, status in (("bob", 200), ("eve", 200), ("aud", 200), ("ann", 403), ("rev", 403)):
        assert visit(client, lab[name], f"/appeals/{row.ref}/").status_code == status, name


def test_evidence_is_given_back_as_a_download_and_never_shown(client, lab):
    row = appeal(lab)
    page = f"/appeals/{row.ref}/"
    client.force_login(lab["bob"])
    trick = SimpleUploadedFile("../../é<b>.html", HOSTILE.encode())
    assert client.post(f"{page}attach/", {"file": trick})["Location"] == page
    (kept,) = find_appeal(row.ref).files.all()
    given = client.get(f"{page}files/{kept.pk}/")
    assert given["Content-Type"].startswith("text/plain")
    assert given["Content-Disposition"].startswith("attachment;")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert visit(client, lab["ann"], f"{page}files/{kept.pk}/").status_code == 403
    client.force_login(lab["bob"])
    bad = client.post(f"{page}attach/", {"file": SimpleUploadedFile("x.pdf", b"\x00\x01")})
    assert bad["Location"] == page
    assert find_appeal(row.ref).files.count() == 1


def test_words_of_appellants_run_nowhere(client, lab):
    row = appeal(lab)
    row.words = HOSTILE
    row.save()
    assert "<script>alert" not in visit(client, lab["bob"], f"/appeals/{row.ref}/").content.decode()


def test_the_register_gives_files_without_words(client, lab):
    assert "Nobody has appealed here." in read(visit(client, lab["ann"], "/appeals/"))
    appeal(lab)
    assert heading(client.get("/appeals/")) == "1 appeal waits for a ruling."
    (one,) = client.get("/appeals.json").json()["appeals"]
    assert set(one) == {
        "ref",
        "request",
        "area",
        "ground",
        "state",
        "filed_at",
        "answer_by",
        "over_at",
    }
    assert client.get("/appeals.csv").content.decode().count("\n") == 2


def test_the_register_takes_few_queries(client, lab, django_assert_max_num_queries):
    appeal(lab)
    visit(client, lab["ann"], "/appeals/")
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        client.get("/appeals/")

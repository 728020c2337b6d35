"""Files beside a request, and requests from files: measured, looked at, and told line by line."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from apportion.apps.apply.actions import start_project, submit_request
from apportion.apps.apply.attaching import attach_file, attachments_of, detach_file
from apportion.apps.apply.drafts import content_of
from apportion.apps.apply.filing import edit_from_file, import_request
from apportion.apps.apply.models import Request
from apportion.apps.apply.uploads import BoundedUpload
from apportion.apps.rounds.queries import find_area
from apportion.core.faults import BadInput
from apportion.core.refusals import Code, Refused
from tests.apps.pages import read, visit
from tests.apps.small_lab import GPU, NOW, POLICY, open_spring

pytestmark = pytest.mark.django_db
CALL = f"""{POLICY}
[call.attachments]
most = 2
megabytes = 1
types = ["pdf", "text"]
[[call.questions]]
id = "data"
label = "Where do the data come from?"
required = true
most = 40
[[call.questions]]
id = "agree"
label = "I shall publish negative results"
kind = "checkbox"
"""
GOOD = b"""schema = "apportion.request/1"
project = "depth"
title = "Depth"
question = "Does depth help?"
[minimum]
"gpu:h100" = 6.5
[ask]
"gpu:h100" = 18
[answers]
data = "Public corpora"
agree = true
"""
PDF = b"%PDF-1.7 a plan"


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.APPORTION_CLOCK = lambda: NOW


@pytest.fixture
def spring(folk):
    row = open_spring(folk["eve"], policy=CALL)
    area = find_area("foundations")
    start_project(slug="depth", title="Depth", area=area, lead=folk["ann"], now=NOW)
    return row


@pytest.fixture
def draft(folk, spring):
    return import_request(round_row=spring, data=GOOD, file="r.toml", by=folk["ann"], now=NOW)


def attach(row, by, body=PDF, name="plan.pdf"):
    return attach_file(row=row, name=name, body=body, by=by, now=NOW)


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


def test_a_file_makes_the_draft_that_the_page_would_have_made(folk, draft):
    content = content_of(draft)
    assert content[f"minimum:{GPU}"] == "6.5"
    assert (content["answer:data"], content["answer:agree"]) == ("Public corpora", "yes")
    assert submit_request(row=draft, by=folk["ann"], now=NOW).state == "submitted"


def test_every_fault_of_a_file_is_told_with_its_line_and_no_draft_is_made(folk, spring):
    bad = GOOD.replace(b"18", b'"many"').replace(b"data =", b"dta =").replace(b"title", b"tilte")
    with pytest.raises(BadInput) as error:
        import_request(round_row=spring, data=bad, file="r.toml", by=folk["ann"], now=NOW)
    told = {(fault.line, fault.field) for fault in error.value.faults}
    assert {(3, "tilte"), (8, "ask.gpu:h100"), (10, "answers.dta")} <= told
    assert not Request.objects.exists()


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a = [", b"[[minimum]]", b"x" * 1000])
def test_what_is_no_request_is_refused_in_words(folk, spring, data):
    with pytest.raises(BadInput):
        import_request(round_row=spring, data=data, file="r.toml", by=folk["ann"], now=NOW)


def test_a_file_saved_over_a_newer_version_keeps_both_texts(folk, draft):
    edit = {"base": 1, "by": folk["ann"], "now": NOW, "file": "r.toml"}
    edit_from_file(row=draft, data=GOOD.replace(b"Does depth", b"Will depth"), **edit)
    saved = edit_from_file(row=draft, data=GOOD.replace(b"Does depth", b"Can depth"), **edit)
    (clash,) = saved.clashes
    assert (clash.theirs, clash.mine) == ("Will depth help?", "Can depth help?")


def test_a_required_question_must_be_answered_before_it_is_sent(folk, spring, draft):
    data = GOOD.replace(b'data = "Public corpora"', b"")
    row = import_request(round_row=spring, data=data, file="r.toml", by=folk["ann"], now=NOW)
    with pytest.raises(Refused) as error:
        submit_request(row=row, by=folk["ann"], now=NOW)
    assert codes(error) == [Code.INCOMPLETE]
    assert "Where do the data come from? It has to be answered." in str(error.value).replace(
        "?:", "?"
    )


def test_the_same_bytes_are_attached_once(folk, draft):
    first, again = attach(draft, folk["ann"]), attach(draft, folk["ann"], name="other.pdf")
    assert first == again
    assert [one.name for one in attachments_of(draft)] == ["plan.pdf"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "The file is empty"),
        (b"x" * 1_000_001, "A file may have 1 MB"),
        (b"\x89PNG\r\n\x1a\n", "by its bytes this file is png"),
        (b"MZ\x90\x00", "by its bytes this file is none of them"),
    ],
)
def test_a_file_that_the_call_does_not_take_is_refused(folk, draft, body, told):
    with pytest.raises(Refused, match=told):
        attach(draft, folk["ann"], body)
    assert attachments_of(draft) == []


def test_files_are_few_and_only_of_drafts(folk, draft):
    kept = attach(draft, folk["ann"])
    attach(draft, folk["ann"], b"notes", "notes.txt")
    with pytest.raises(Refused, match="At most 2 files"):
        attach(draft, folk["ann"], b"more", "more.txt")
    detach_file(row=draft, number=kept.pk, by=folk["ann"], now=NOW)
    submit_request(row=draft, by=folk["ann"], now=NOW)
    with pytest.raises(Refused) as error:
        attach(draft, folk["ann"])
    assert codes(error) == [Code.WRONG_STATE]


def test_a_download_is_saved_and_never_shown_and_strangers_get_none(client, folk, draft):
    kept = attach(draft, folk["ann"], b"<script>alert(1)</script>", "page.html")
    path = f"/requests/{draft.ref}/files/{kept.pk}/"
    response = visit(client, folk["ann"], path)
    assert response["Content-Disposition"] == 'attachment; filename="page.html.txt"'
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert visit(client, folk["bob"], path).status_code == 404


def test_a_file_is_attached_and_taken_away_on_the_page(client, folk, draft):
    client.force_login(folk["ann"])
    sent = {"file": SimpleUploadedFile("../../plan.pdf", PDF)}
    client.post(f"/requests/{draft.ref}/files/", sent)
    (kept,) = attachments_of(draft)
    assert kept.name == "plan.pdf"
    client.post(f"/requests/{draft.ref}/files/{kept.pk}/remove/")
    assert attachments_of(draft) == []


class Endless(io.RawIOBase):
    """A body of two gigabytes, which counts what of it was read."""

    def __init__(self, head, size):
        self.head, self.left, self.given = head, size, 0

    def read(self, size=-1):
        part = self.head[:size] if self.head else b"x" * min(size, self.left)
        self.head, self.left = self.head[len(part) :], self.left - len(part)
        self.given += len(part)
        return part


def test_two_gigabytes_are_refused_before_they_arrive(settings):
    settings.APPORTION_ATTACHMENT_BYTES = 1_000_000
    head = (
        b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nt\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n'
    )
    for announced in (2_000_000_000, 900_000):  # honest, and lying
        body = Endless(head, 2_000_000_000)
        request = RequestFactory().generic(
            "POST", "/", b"x", content_type="multipart/form-data; boundary=b"
        )
        request.META["CONTENT_LENGTH"] = str(announced)
        request.environ["wsgi.input"] = body
        request._stream = body
        request._read_started = False
        request.upload_handlers = [BoundedUpload(request)]
        assert request.POST["token"] == "t"
        assert request.upload_refused
        assert not request.FILES
        assert body.given < 1_500_000


def test_a_file_that_is_too_large_is_told_in_words(client, folk, draft, settings):
    settings.APPORTION_ATTACHMENT_BYTES = 1_000
    client.force_login(folk["ann"])
    sent = {"file": SimpleUploadedFile("big.pdf", PDF + b"x" * 200_000)}
    response = client.post(f"/requests/{draft.ref}/files/", sent)
    assert response.status_code == 413
    assert "larger than this office takes" in read(response)


def test_a_file_with_faults_is_told_line_by_line_on_the_page(client, folk, spring):
    client.force_login(folk["ann"])
    sent = {
        "file": SimpleUploadedFile("r.toml", b'schema = "apportion.request/1"\nproject = "<b>"')
    }
    response = client.post("/rounds/spring/requests/import/", sent)
    assert response.status_code == 422
    assert "<b>&" not in response.content.decode()
    assert "missing or not an id" in read(response)


def test_the_page_of_a_draft_asks_the_database_a_bounded_number_of_times(
    client, folk, draft, django_assert_max_num_queries
):
    attach(draft, folk["ann"])
    client.force_login(folk["ann"])
    path = f"/requests/{draft.ref}"
    client.get(f"{path}/edit/")
    with django_assert_max_num_queries(45):
        client.get(f"{path}/edit/")
    with django_assert_max_num_queries(20):
        client.get(f"{path}/versions/")

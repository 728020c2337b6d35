"""A mail is two versions of the same words, and nothing in them becomes a header."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.mail.parse import Privacy, is_address, parse_server
from apportion.adapters.mail.render import Mail, render_mail
from apportion.core.faults import BadInput

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEADERS = {"from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"}  # fmt: skip


def mail(**given):
    said = {
        "to": "ann@lab.example", "sender": "credits@lab.example", "sender_name": "Our lab",
        "subject": "Hello", "text": "Words.", "uid": "msg_1", "sent_at": NOW,
        "site": "https://credits.lab.example",
    }  # fmt: skip
    return Mail(**{**said, **given})


@given(st.text(), st.text(), st.text(max_size=200))
def test_no_words_make_a_header_or_markup(subject, text, name):
    body = render_mail(mail(subject=subject, text=text, sender_name=name))
    read = message_from_bytes(body, policy=policy.default)
    assert {one.lower() for one in read} == HEADERS
    assert read["to"] == "ann@lab.example"
    assert read["from"].addresses[0].addr_spec == "credits@lab.example"
    html = read.get_body(("html",)).get_content()
    assert "<script" not in html
    assert render_mail(mail(subject=subject, text=text, sender_name=name)) == body
    assert all(len(line) <= 998 for line in body.split(b"\r\n"))


def test_only_lines_that_lead_to_the_site_are_links():
    text = 'https://credits.lab.example/x/?a=1&b="2\n\nhttps://evil.example/\nhttps://credits.lab.example.evil/'
    html = message_from_bytes(render_mail(mail(text=text)), policy=policy.default)
    words = html.get_body(("html",)).get_content()
    assert words.count("<a href=") == 1
    assert 'href="https://credits.lab.example/x/?a=1&amp;b=&quot;2"' in words


def test_unsubscribing_with_one_click_is_offered_by_headers_and_words():
    body = render_mail(mail(unsubscribe="https://credits.lab.example/u/1"))
    read = message_from_bytes(body, policy=policy.default)
    assert read["List-Unsubscribe"] == "<https://credits.lab.example/u/1>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://credits.lab.example/u/1" in read.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("url", "privacy", "port"),
    [
        ("smtp://localhost", Privacy.NONE, 25),
        ("smtp+starttls://me%40x:p%3Aw@mail.example", Privacy.STARTTLS, 587),
        ("smtps://mail.example:1465", Privacy.TLS, 1465),
    ],
)
def test_a_server_is_read_from_its_address(url, privacy, port):
    server = parse_server(url)
    assert (server.privacy, server.port) == (privacy, port)
    if server.user:
        assert (server.user, server.password) == ("me@x", "p:w")


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://x", "smtp://", "smtp://x:99999", "smtp://u:secret@mail.example", "smtp://x/y"],
)  # fmt: skip
def test_a_bad_server_is_refused_and_its_password_is_not_told(url):
    with pytest.raises(BadInput) as error:
        parse_server(url)
    assert "secret" not in str(error.value)


@given(st.text())
def test_an_address_is_one_address_and_nothing_around_it(text):
    if is_address(text):
        assert text.count("@") == 1
        assert text.isascii()
        assert not set(text) & set(" \r\n,;<>")
    assert not is_address(f"{text}\r\nBcc: a@b.example")

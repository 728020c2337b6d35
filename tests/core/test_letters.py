"""A letter says only what it may, tells every no with its why, and runs nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.letters import (
    FIRST,
    OWED,
    PLACES,
    LetterKind,
    Template,
    check_template,
    fill_in,
)

FACTS = {name: f"<{name}>" for name in PLACES}


@pytest.mark.parametrize("kind", LetterKind)
def test_the_offices_own_words_are_in_order_and_tell_what_is_owed(kind):
    assert check_template(FIRST[kind]) == ()
    written = fill_in(FIRST[kind], FACTS)
    assert all(f"<{name}>" in written.body for name in OWED[kind])
    assert "{" not in written.body + written.subject


@pytest.mark.parametrize("owed", ["reasons", "ways", "appeal_until"])
def test_a_no_cannot_leave_out_what_it_owes(owed):
    kind = LetterKind.NOT_YET
    body = FIRST[kind].body.replace(f"{{{owed}}}", "")
    faults = check_template(Template(kind=kind, subject="x", body=body))
    assert [(f.what, f.value) for f in faults] == [("leaves out what it must tell", owed)]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("{granted} {nobody}", "no such placeholder"),
        ("{granted} {title.__class__}", "no such placeholder"),
        ("{granted} {0}", "no such placeholder"),
        ("{granted} {", "a brace stands alone"),
        ("{granted} {{title}}", "a brace stands alone"),
        ("", "is empty"),
        ("{granted}" + "x" * 10_001, "is too long"),
    ],
)
def test_a_template_that_asks_for_more_is_refused(body, what):
    faults = check_template(Template(kind=LetterKind.AWARD, subject="x", body=body))
    assert what in {fault.what for fault in faults}


def test_a_subject_stays_one_line_whatever_the_title_holds():
    template = Template(kind=LetterKind.AWARD, subject="{title}", body="{granted}")
    written = fill_in(template, {**FACTS, "title": "a\r\nBcc: everybody\n\nb"})
    assert written.subject == "a Bcc: everybody b"


@given(title=st.text(max_size=40), reasons=st.text(max_size=40))
def test_what_a_fact_says_stays_text(title, reasons):
    template = Template(kind=LetterKind.AWARD, subject="s", body="[{title}|{reasons}]")
    facts = {**FACTS, "title": title, "reasons": reasons}
    body = fill_in(template, facts).body
    if "\n\n\n" not in title + reasons:
        assert body == f"[{title}|{reasons}]\n"

"""Files are what their bytes are, and their names can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.attachments.parse import BARRED, MOST_OF_NAME, kind_of, safe_name


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....", "jpeg"),
        ("a plan, with ümlauts\n".encode(), "text"),
        (b"<script>alert(1)</script>", "text"),
        (b"MZ\x90\x00\x03", None),
        (b"PK\x03\x04\x14\x00\x00", None),
        (b"\x7fELF\x02\x01", None),
        (b"text with a \x00 in it", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_are(body, kind):
    assert kind_of(body) == kind


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("plan.pdf", "pdf", "plan.pdf"),
        ("../../etc/passwd", "text", "passwd.txt"),
        ("C:\\Users\\x\\plan.pdf", "pdf", "plan.pdf"),
        ("plan.pdf.exe", "pdf", "plan.pdf.exe.pdf"),
        ("page.html", "text", "page.html.txt"),
        ("gpj\u202e.exe", "text", "gpj.exe.txt"),
        ("", "png", "file.png"),
        ("..", "png", "file.png"),
        ('a"; filename="b.exe', "text", "a; filename=b.exe.txt"),
        ("line\nbreak\r.csv", "text", "linebreak.csv"),
        ("notes.MD", "text", "notes.md"),
    ],
)
def test_a_name_keeps_what_is_harmless_and_ends_in_the_truth(name, kind, kept):
    assert safe_name(name, kind) == kept


@given(st.text(max_size=300), st.sampled_from(["pdf", "png", "jpeg", "text"]))
def test_no_name_leads_out_of_a_folder_or_breaks_a_header(name, kind):
    kept = safe_name(name, kind)
    assert 0 < len(kept) <= MOST_OF_NAME
    assert not set(kept) & BARRED
    assert kept.isprintable()
    assert not kept.startswith(".")

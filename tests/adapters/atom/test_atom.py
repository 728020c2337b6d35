"""A feed is well formed whatever is told in it, and keeps its ids."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.atom.render import ATOM, Entry, Feed, render_feed

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5), st.text())
def test_any_words_make_a_feed_that_can_be_read(words, name):
    entries = [
        Entry(key=str(n), title=title, words=said, at=NOW) for n, (title, said) in enumerate(words)
    ]
    feed = Feed(key="k", title=name, author=name, at=NOW, self_href="https://x/f", entries=entries)
    root = ET.fromstring(render_feed(feed))
    assert root.tag == f"{{{ATOM}}}feed"
    for node in (root, *root.findall(f"{{{ATOM}}}entry")):
        for required in ("id", "title", "updated"):
            assert len(node.findall(f"{{{ATOM}}}{required}")) == 1
    assert root.find(f"{{{ATOM}}}author/{{{ATOM}}}name").text
    assert len(root.findall(f"{{{ATOM}}}entry")) == len(words)


def test_a_reader_finds_what_was_told_the_newest_instant_and_links():
    entry = Entry(key="r-1", title="<b>A & B</b>", words="1 of 2", at=NOW, href="https://x/r-1")
    feed = Feed(key="k", title="T", author="Lab", at=NOW, self_href="https://x/f", entries=[entry])
    told = feedparser.parse(render_feed(feed))
    assert told.bozo == 0
    assert (
        told.entries[0].title == "&lt;b&gt;A &amp; B&lt;/b&gt;" or "A & B" in told.entries[0].title
    )
    assert told.feed.updated == "2026-03-02T09:00:00Z"
    assert told.entries[0].link == "https://x/r-1"

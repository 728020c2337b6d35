"""An Atom feed as bytes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from apportion.core.notice.wording import clean_body, one_line

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a feed; its key names it for good."""

    key: str
    title: str
    words: str
    at: datetime
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, the newest entry first."""

    key: str
    title: str
    author: str
    at: datetime  # where it has no entry
    self_href: str
    entries: Sequence[Entry]


def render_feed(feed: Feed) -> bytes:
    """Writes a feed.

    Source: RFC 4287; ids are UUIDs made of the keys, so that they stay wherever the office moves.
    """
    root = ET.Element("feed", xmlns=ATOM)
    _put(root, "id", _name(feed.key))
    _put(root, "title", one_line(feed.title))
    newest = max((entry.at for entry in feed.entries), default=feed.at)
    _put(root, "updated", _instant(newest))
    _put(ET.SubElement(root, "author"), "name", one_line(feed.author) or "The lab")
    ET.SubElement(root, "link", rel="self", href=feed.self_href, type="application/atom+xml")
    ET.SubElement(root, "generator").text = "Apportion"
    for entry in feed.entries:
        node = ET.SubElement(root, "entry")
        _put(node, "id", _name(f"{feed.key}/{entry.key}"))
        _put(node, "title", one_line(entry.title))
        _put(node, "updated", _instant(entry.at))
        _put(node, "summary", clean_body(entry.words))
        if entry.href:
            ET.SubElement(node, "link", rel="alternate", href=entry.href, type="text/html")
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _put(node: ET.Element, name: str, text: str) -> None:
    ET.SubElement(node, name).text = text


def _name(key: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, key)}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")

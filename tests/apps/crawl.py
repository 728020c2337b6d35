"""Walks the office as a browser would: which addresses a page leads to, and which forms it has."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

TYPED = {"text", "search", "textarea", "url", "email", "tel"}
SAMPLES = {
    "number": "5",
    "range": "5",
    "date": "2026-04-20",
    "datetime-local": "2026-04-20T09:00",
    "password": "no password",
}


@dataclass
class Field:
    """One thing of a form that has a name."""

    name: str
    kind: str
    value: str = ""
    options: list = field(default_factory=list)


@dataclass
class Form:
    """Where a form goes, what it asks, and the buttons that name what is wanted."""

    page: str
    action: str
    fields: list = field(default_factory=list)
    buttons: list = field(default_factory=list)

    def asks(self):
        """Tells forms apart by where they go and what they ask, not by what stands in them."""
        return tuple(sorted({(one.name, one.kind) for one in self.fields}))

    def typed(self):
        return [one.name for one in self.fields if one.kind in TYPED]

    def filled(self, words):
        """Fills it: what is chosen with the first choice, what is typed with what `words` gives."""
        sent = {}
        for one in self.fields:
            if one.kind in TYPED:
                sent[one.name] = words(one.name, one.value)
            elif one.kind == "select":
                sent[one.name] = one.value or next(filter(None, one.options), "")
            elif one.kind in {"radio", "checkbox"}:
                sent.setdefault(one.name, one.value)
            elif one.kind != "file":
                sent[one.name] = one.value or SAMPLES.get(one.kind, "")
        return sent


class Page(HTMLParser):
    """Reads the links and the forms that send of a page."""

    def __init__(self, path, markup):
        super().__init__(convert_charrefs=True)
        self.path, self.links, self.forms = path, [], []
        self.form = self.choice = self.area = None
        self.named, self.elsewhere = {}, []  # what stands outside the form that it belongs to
        self.feed(markup)
        for name, one in self.elsewhere:
            self.named[name].fields.append(one)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self.link(told["href"])
        if tag == "form":
            self.begin(told)
        elif "hx-post" in told and self.form is not None:
            aside = Form(self.path, urljoin(self.path, told["hx-post"]), self.form.fields)
            self.forms.append(aside)
        if self.form is not None or "form" in told:
            self.ask(tag, told)

    def link(self, href):
        found = urlsplit(urljoin(self.path, href))
        if not found.netloc and found.path.startswith("/"):
            self.links.append(found.path + (f"?{found.query}" if found.query else ""))

    def begin(self, told):
        aims = {told["hx-post"]} if "hx-post" in told else set()
        if told.get("method", "").lower() == "post":
            aims.add(told.get("action") or self.path)
        self.form = Form(self.path, "")
        self.named[told.get("id")] = self.form
        for aim in sorted(aims):
            one = Form(self.path, urljoin(self.path, aim), self.form.fields, self.form.buttons)
            self.forms.append(one)

    def ask(self, tag, told):
        name = told.get("name")
        kind = told.get("type", "text") if tag == "input" else tag
        if tag == "option" and self.choice:
            self.choice.options.append(told.get("value") or "")
            if "selected" in told:
                self.choice.value = told.get("value") or ""
        elif name and (tag == "button" or kind == "submit"):
            if self.form is not None:
                self.form.buttons.append((name, told.get("value", "")))
        elif name and tag in {"input", "select", "textarea"}:
            one = Field(name, kind, told.get("value") or "")
            if told.get("form"):
                self.elsewhere.append((told["form"], one))
            else:
                self.form.fields.append(one)
            self.choice = one if tag == "select" else None
            self.area = one if tag == "textarea" else None

    def handle_data(self, data):
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.choice = None
        elif tag == "textarea":
            self.area = None

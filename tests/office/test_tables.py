"""Beside every table stand the same rows as CSV and as JSON, for whoever may see the page."""

import csv
import io
import json
import re
from urllib.parse import urljoin

import pytest

from apportion.apps.apply.models import Project, Request
from apportion.apps.people.models import Person
from tests.apps.pages import Text, visit
from tests.browser.conftest import office as _office
from tests.browser.test_accessible import PAGES, names

office = _office
# Tables that answer a form in the page, or show two columns of what stands in a file beside them.
IN_PLACE = {"draft", "late draft", "appeal", "appeal to decide", "change to answer", "drill"}
FORMULA = "=HYPERLINK(0)"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def same_day(settings):
    from tests.apps.small_lab import NOW

    settings.APPORTION_CLOCK = lambda: NOW


def pages(client, office):
    """Opens every page that can be opened as whoever reads it."""
    known = names()
    for name, (who, path) in PAGES.items():
        client.logout()
        at = path.format(**known)
        page = visit(client, office["folk"][who] if who else None, at)
        if page.status_code == 200 and "text/html" in page["Content-Type"]:
            yield name, who, at, page


def links(at, page, ending):
    """Lists the files that a page offers, as full addresses."""
    found = [
        dict(attrs).get("href", "") for tag, attrs in Text(page.content.decode()).tags if tag == "a"
    ]
    return [urljoin(at, href) for href in found if re.search(rf"\.{ending}(\?|$)", href or "")]


def test_every_table_has_its_rows_as_csv_and_as_json(client, office):
    without = []
    for name, _, at, page in pages(client, office):
        tables = page.content.decode().count("<table")
        files = len(links(at, page, "csv")), len(links(at, page, "json"))
        if tables and name not in IN_PLACE and min(files) < 1:
            without.append((name, tables, files))
    assert without == []


def test_every_file_opens_for_who_sees_its_page_and_holds_no_formula(client, office):
    Project.objects.update(title=FORMULA)
    Request.objects.update(title=FORMULA, question=FORMULA)
    Person.objects.update(name=FORMULA)
    seen = set()
    for name, who, at, page in list(pages(client, office)):
        for ending in ("csv", "json"):
            for href in links(at, page, ending):
                if (who, href) in seen:
                    continue
                seen.add((who, href))
                file = visit(client, office["folk"][who] if who else None, href)
                assert file.status_code == 200, (name, href)
                body = b"".join(file) if file.streaming else file.content
                if ending == "json":
                    json.loads(body)
                else:
                    cells = [cell for row in csv.reader(io.StringIO(body.decode())) for cell in row]
                    assert cells, (name, href)
                    assert not [cell for cell in cells if cell.startswith("=")], (name, href)
    assert len(seen) > 80


def test_a_file_is_refused_to_whom_its_page_is_refused(client, office):
    for _, who, at, page in list(pages(client, office)):
        others = [one for one in ("ann", "rev", "eve", "ops", "aud") if one != who]
        for other in others:
            if visit(client, office["folk"][other], at).status_code != 403:
                continue
            for href in [*links(at, page, "csv"), *links(at, page, "json")]:
                if urljoin(href, ".") == urljoin(at, "."):
                    assert visit(client, office["folk"][other], href).status_code == 403, href


def test_an_ending_that_is_no_file_is_not_there(client, office):
    assert visit(client, office["folk"]["ops"], "/people/people.exe").status_code == 404

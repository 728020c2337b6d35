"""Beside every table stand the same rows as CSV and as JSON, for whoever may see the page."""

import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin

import pytest

from apportion.apps.apply.actions import start_project
from apportion.apps.apply.models import Project, Request
from apportion.apps.directive.actions import draft_directive, make_preview
from apportion.apps.people.models import Person
from apportion.apps.rounds.queries import find_area
from tests.apps.directive.lab import START, TERMS, board, spend
from tests.apps.pages import Text, visit
from tests.apps.small_lab import HOUR, NOW, open_spring, people
from tests.browser.conftest import office as _office
from tests.browser.test_accessible import PAGES, names

office = _office
# Tables that answer a form in the page, or show two columns of what stands in a file beside them.
IN_PLACE = {"draft", "late draft", "appeal", "appeal to decide", "change to answer", "drill"}
FORMULA = "=HYPERLINK(0)"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folk(transactional_db):
    return people()


@pytest.fixture(autouse=True)
def same_day(settings):
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
        if name not in IN_PLACE and min(files) < tables:
            without.append((name, tables, files))
    assert without == []


TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "apportion"
# Tables that no address gives alone, each with why.
WITHOUT = {
    "apply/bad-file.html": "answers a file that was sent and not kept",
    "decide/movedrows.html": "a part of the comparison, whose files stand beside its title",
    "directive/drilled.html": "its CSV and JSON stand below both tables",
}


def test_every_table_of_every_template_has_its_own_files_beside_it():
    without = []
    for path in sorted(TEMPLATES.rglob("templates/**/*.html")):
        # What stands between the table before and the end of this one's section.
        parts = path.read_text().split("<table")
        for before, after in pairwise(parts):
            beside = before.rpartition("</table>")[2] + after.partition("</section>")[0]
            if not re.search(r"files\.html|[.-]csv", beside):
                without.append("/".join(path.parts[-2:]))
    assert set(without) == set(WITHOUT)


def test_the_tables_of_a_directive_and_of_a_ruling_open_as_files(client, folk, settings):
    spend(folk)
    board()
    settings.APPORTION_CLOCK = lambda: START
    draft_directive(toml=TERMS, by=folk["eve"], now=START)
    assert visit(client, folk["ann"], "/code-red/red-1/losers.json").json() == {"losers": []}
    make_preview(ref="red-1", by=folk["eve"], now=START)
    rows = visit(client, folk["ann"], "/code-red/red-1/losers.json").json()["losers"]
    assert {row["project"] for row in rows} <= {"alpha", "beta"}
    assert sum(row["lent"] for row in rows) == 12 * HOUR
    for name in ("losers", "waits", "ways"):
        for ending in ("csv", "json"):
            assert client.get(f"/code-red/red-1/{name}.{ending}").status_code == 200


def test_what_is_ones_own_or_of_one_project_opens_as_files(client, folk):
    open_spring(folk["eve"])
    for name in ("tokens", "lent", "trail"):
        for ending in ("csv", "json"):
            page = visit(client, folk["ann"], f"/mine/account/{name}.{ending}")
            assert page.status_code == 200, name
    assert visit(client, folk["ops"], "/people/groups/groups.csv").status_code == 200
    assert visit(client, folk["ann"], "/people/groups/groups.csv").status_code == 403
    start_project(
        slug="depth", title="Depth", area=find_area("foundations"), lead=folk["ann"], now=NOW
    )
    for name in ("limits", "found", "alarms", "levers", "orders"):
        for ending in ("csv", "json"):
            page = visit(client, folk["ops"], f"/enforcement/projects/depth/{name}.{ending}")
            assert page.status_code == 200, name
    assert visit(client, folk["eve"], "/equity/treated.csv").status_code == 200


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

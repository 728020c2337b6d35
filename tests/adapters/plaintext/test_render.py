"""The books as text: what Beancount itself finds right, whatever the names and notes."""

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.plaintext.names import ROOTS, name_account, name_unit
from apportion.adapters.plaintext.render import Dialect, Entry, Outline, render_books
from apportion.core.ledger import Key, Kind, TransferCode

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
DAY = date(2026, 3, 2)
ISSUED, POOL = (Key(kind, "spring", "gpu:h100") for kind in (Kind.ISSUED, Kind.POOL))
ALPHA = Key(Kind.PROJECT, "depth-recurrent", "gpu:h100")
HOSTILE = (
    Key(Kind.SUSPENSE, 'a "quoted" \\ account;\n2026-01-01 open Assets:Evil', "gpu:h100"),
    Key(Kind.SUSPENSE, "=cmd|'/c calc'!A1", "gpu:h100"),
    Key(Kind.CONSUMED, "(suspense)", "gpu:h100"),
    Key(Kind.PROJECT, "Ünïcödé ✓ 项目", "gpu:h100"),
    Key(Kind.PROJECT, "a.b", "gpu:h100"),
    Key(Kind.PROJECT, "a-b", "gpu:h100"),
    Key(Kind.PROJECT, "A-b", "gpu:h100"),
    Key(Kind.PROJECT, "-", "x"),
    Key(Kind.PROJECT, "9", "true"),
    Key(Kind.PROJECT, "long" * 30, "a-unit:with" + "-very-many-signs" * 3),
)


def entry(seq, debit, credit, amount, note=""):
    return Entry(
        seq=seq,
        id=seq.to_bytes(16, "big"),
        on=DAY + timedelta(days=seq),
        code=TransferCode.GRANT,
        debit=debit,
        credit=credit,
        amount=amount,
        note=note,
    )


def outline_of(entries):
    opened, balances = {}, {}
    for one in entries:
        for key, amount in ((one.debit, -one.amount), (one.credit, one.amount)):
            opened.setdefault(key, one.on)
            balances[key] = balances.get(key, 0) + amount
    last = max((one.on for one in entries), default=None)
    return Outline(title='Books of "the lab"', opened=opened, balances=balances, last_on=last)


def write(dialect, entries, outline=None):
    return "\n".join(render_books(dialect, outline or outline_of(entries), entries)) + "\n"


def bean_check(text, folder):
    path = folder / "books.beancount"
    path.write_text(text, encoding="utf-8")
    return subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)


PLAIN = [entry(1, ISSUED, POOL, 2**62), entry(2, POOL, ALPHA, 144_000, "grant:spring:r-1")]


def test_beancount_reads_the_books_and_finds_every_balance_right(tmp_path):
    checked = bean_check(write(Dialect.BEANCOUNT, PLAIN), tmp_path)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_beancount_reads_hostile_names_and_notes_as_what_they_are(tmp_path):
    owner = Key(Kind.ISSUED, "r", "gpu:h100")
    entries = [
        entry(n, owner._replace(unit=key.unit), key, n, note=f'\\"; {key.owner}\x00')
        for n, key in enumerate(HOSTILE, start=1)
    ]
    text = write(Dialect.BEANCOUNT, entries)
    checked = bean_check(text, tmp_path)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    assert len(re.findall(r"^\S+ open ", text, re.MULTILINE)) == len(outline_of(entries).opened)
    assert len(re.findall(r"^\S+ \* ", text, re.MULTILINE)) == len(HOSTILE)


def test_beancount_finds_a_balance_that_is_not_so(tmp_path):
    outline = outline_of(PLAIN)
    wrong = {**outline.balances, ALPHA: outline.balances[ALPHA] + 1}
    told = Outline(title="x", opened=outline.opened, balances=wrong, last_on=outline.last_on)
    checked = bean_check(write(Dialect.BEANCOUNT, PLAIN, told), tmp_path)
    assert checked.returncode == 1
    assert "Balance failed" in checked.stdout + checked.stderr


@pytest.mark.parametrize("dialect", Dialect)
def test_empty_books_are_a_journal_too(dialect, tmp_path):
    text = write(dialect, [])
    assert "Books of" in text
    if dialect is Dialect.BEANCOUNT:
        assert bean_check(text, tmp_path).returncode == 0


def test_hledger_gets_quoted_commodities_assertions_and_no_text_that_ends_a_description():
    text = write(Dialect.HLEDGER, [entry(1, ISSUED, POOL, 5, "why; ; not | so\n2026")])
    assert "2026-03-03 * grant | why, , not / so 2026  ; seq:1" in text
    assert 'Assets:Pool:Spring:GPU-H100  5 "GPU.H100"' in text
    assert 'Equity:Issued:Spring:GPU-H100  0 "GPU.H100" = -5 "GPU.H100"' in text


NAMES = st.text(min_size=1, max_size=130)
ACCOUNT = re.compile(r"[A-Z][a-z]+(:[A-Z0-9][A-Za-z0-9-]*)+")
COMMODITY = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]")


@given(st.sampled_from(Kind), NAMES)
def test_any_owner_has_a_name_that_beancount_takes(kind, owner):
    name = name_account(Key(kind, owner, "gpu"))
    assert ACCOUNT.fullmatch(name)
    assert name.startswith(ROOTS[kind])


@given(NAMES)
def test_any_unit_has_a_name_that_beancount_takes(unit):
    assert COMMODITY.fullmatch(name_unit(unit))


CLOSE_CALLS = st.text(alphabet="aAbB-._:1 ", min_size=1, max_size=5)


@given(CLOSE_CALLS, CLOSE_CALLS)
def test_two_owners_or_units_never_become_one(one, other):
    accounts = {name_account(Key(Kind.PROJECT, name, "gpu")).casefold() for name in (one, other)}
    units = {name_unit(name) for name in (one, other)}
    assert len(accounts) == len(units) == len({one, other})


def test_plain_names_stay_readable():
    assert name_account(ALPHA) == "Assets:Project:Depth-recurrent"
    assert name_unit("gpu:h100") == "GPU.H100"

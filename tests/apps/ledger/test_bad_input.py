"""What is wrong is refused with its code, its numbers and a remedy, and no byte of any table changes."""

import hashlib
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection

from apportion.apps.ledger import actions, keys
from apportion.apps.ledger.actions import close_account, post_transfers
from apportion.apps.ledger.checkpoints import add_cosignatures, make_checkpoint
from apportion.apps.ledger.models import Tip
from apportion.apps.ledger.queries import root
from apportion.apps.ledger.receipts import give_receipt
from apportion.apps.ledger.writer_group import GroupWriter, _Ticket
from apportion.core.journal.notes import make_key, sign_checkpoint
from apportion.core.ledger import Key, Kind, TransferCode, expire_hold, post_hold, reversal
from apportion.core.refusals import Refused
from apportion.core.verify import verify_document
from apportion.core.verify.notes import LOG_KEY, parse_checkpoint, parse_signature
from apportion.core.verify.trust import Trust
from apportion.core.windows import from_epoch_us
from tests.apps.small_lab import NOW
from tests.core.ledger_books import ALPHA, BETA, ELSEWHERE, ISSUED, POOL, USED, hold, leg

pytestmark = pytest.mark.django_db
NOW_US = int(NOW.timestamp()) * 1_000_000
LATER = from_epoch_us(NOW_US + 3_600_000_000)
NOBODY = Key(Kind.PROJECT, "nobody", "gpu:h100")
GONE = Key(Kind.PROJECT, "gone", "gpu:h100")
OPEN_US = 5_000  # what takes effect before stands in a closed period


def at(number, *pair, amount=1, **more):
    return leg(number, *pair, amount, effective_us=NOW_US, **more)


GRANT = at(2, POOL, ALPHA, amount=40)
BACK = reversal(GRANT, effective_us=NOW_US + 1)
HELD = at(4, ALPHA, USED, amount=30, code=TransferCode.HOLD, expires_us=NOW_US + 10**12)
SHORT = at(5, ALPHA, BETA, amount=5, code=TransferCode.HOLD, expires_us=NOW_US + 10**9)
TAKEN = post_hold(HELD, amount=12, code=TransferCode.SETTLE, effective_us=NOW_US)
REVERSED = at(7, POOL, BETA, amount=3)
MIRROR = reversal(REVERSED, effective_us=NOW_US + 1)


@pytest.fixture(autouse=True)
def books():
    """Books with a grant, two holds of which one is posted, a reversal, and a closed account."""
    for legs in (
        [at(1, ISSUED, POOL, amount=100), GRANT, REVERSED],
        [HELD, SHORT, TAKEN, MIRROR],
        [at(8, POOL, GONE), at(9, GONE, POOL), at(10, Key(Kind.ISSUED, "r1", "cpu"), ELSEWHERE)],
    ):
        post_transfers(legs, now=NOW, actor="ops", memo="begin")
    close_account(GONE, now=NOW)
    Tip.objects.update(closed_before_us=OPEN_US)


def every_byte():
    """Hashes every row of every table of the office."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(
                repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor
            )
            digest.update(repr((table, rows)).encode())
    return digest.hexdigest()


WRONG = {
    "nothing": (at(20, POOL, ALPHA, amount=0), "OUT_OF_RANGE", {"amount": 0}),
    "less than nothing": (at(20, POOL, ALPHA, amount=-7), "OUT_OF_RANGE", {"amount": -7}),
    "2^63": (at(20, ISSUED, POOL, amount=2**63), "OUT_OF_RANGE", {"amount": 2**63}),
    "beyond what a counter holds": (
        at(20, ISSUED, POOL, amount=2**63 - 1),
        "OUT_OF_RANGE",
        {"amount": 2**63 - 1},
    ),
    "to itself": (at(20, POOL, POOL), "OUT_OF_RANGE", {"amount": 1}),
    "an unknown account": (at(20, POOL, NOBODY), "ACCOUNT_UNKNOWN", {"amount": 1}),
    "a closed account": (at(20, POOL, GONE), "ACCOUNT_CLOSED", {"amount": 1}),
    "another unit": (
        at(20, POOL, ELSEWHERE),
        "UNIT_MISMATCH",
        {"amount": 1, "debit": "gpu:h100", "credit": "cpu"},
    ),
    "more than there is": (
        at(20, ALPHA, BETA, amount=24),
        "NOT_ENOUGH",
        {"available": 23, "held": 5, "needed": 24},
    ),
    "an id used for something else": (
        replace(GRANT, amount=41),
        "ID_REUSED",
        {"amount": 41, "id": GRANT.id.hex()},
    ),
    "a hold posted twice": (
        replace(TAKEN, id=bytes(16)),
        "HOLD_RESOLVED",
        {"amount": 12, "held": 30, "expires_us": HELD.expires_us},
    ),
    "more than is held": (
        post_hold(SHORT, amount=6, code=TransferCode.SETTLE, effective_us=NOW_US),
        "BEYOND_HOLD",
        {"amount": 6, "held": 5, "expires_us": SHORT.expires_us},
    ),
    "a hold that is over": (
        post_hold(SHORT, amount=5, code=TransferCode.SETTLE, effective_us=NOW_US),
        "HOLD_EXPIRED",
        {"amount": 5, "held": 5, "expires_us": SHORT.expires_us},
    ),
    "a hold released early": (
        expire_hold(SHORT),
        "WRONG_STATE",
        {"amount": 5, "held": 5, "expires_us": SHORT.expires_us},
    ),
    "a hold that ends before it begins": (
        hold(20, ALPHA, USED, 1, until=1, effective_us=NOW_US),
        "OUT_OF_RANGE",
        {"amount": 1, "expires_us": 1, "now": None},
    ),
    "no such hold": (at(20, ALPHA, USED, about=b"\xff" * 16), "NOT_FOUND", {"amount": 1}),
    "what was reversed": (replace(MIRROR, id=bytes(16)), "ALREADY_REVERSED", {"amount": 3}),
    "more than was granted": (
        replace(BACK, amount=41),
        "NOT_A_MIRROR",
        {"amount": 41, "posted": 40},
    ),
    "a closed period": (
        replace(at(20, POOL, ALPHA), effective_us=OPEN_US - 1),
        "PERIOD_CLOSED",
        {"amount": 1, "effective_us": OPEN_US - 1, "closed_before_us": OPEN_US},
    ),
}
OVER = "a hold that is over"


def refusals_of(legs, *, now, way, opens):
    """Gives why a call was refused."""
    if way == "group" and opens:  # what people post one by one opens the accounts that it names
        ticket = _Ticket(legs=legs, actor="ops", memo="", now=now)
        GroupWriter()._post_together([ticket])
        return ticket.posted.refusals
    with pytest.raises(Refused) as error:
        post_transfers(legs, now=now, actor="ops", opens=opens)
    return error.value.refusals


@pytest.mark.parametrize("way", ["rules", "proof", "group", "among others"])
@pytest.mark.parametrize("what", WRONG)
def test_it_is_refused_with_its_code_and_numbers_and_changes_no_byte(monkeypatch, what, way):
    wrong, code, numbers = WRONG[what]
    now, before = LATER if what == OVER else NOW, every_byte()
    legs = [at(30, ISSUED, POOL), wrong] if way == "among others" else [wrong]
    monkeypatch.setattr(actions, "MANY", 0 if way == "proof" else 10**9)
    [refusal] = refusals_of(legs, now=now, way=way, opens=code != "ACCOUNT_UNKNOWN")
    assert refusal.code.name == code
    assert refusal.remedy
    assert set(refusal.numbers) == set(numbers)
    assert all(want in {None, refusal.numbers[name]} for name, want in numbers.items())
    assert every_byte() == before


def test_every_byte_is_every_row_of_the_ledgers_tables():
    before = every_byte()
    Tip.objects.update(epoch=2)
    assert every_byte() != before
    tables = {model._meta.db_table for model in apps.get_app_config("ledger").get_models()}
    with connection.cursor() as cursor:
        assert tables <= set(connection.introspection.table_names(cursor))


def test_a_receipt_with_one_character_changed_is_false_and_the_fault_is_named():
    receipt = give_receipt(seq=2, now=NOW)
    trust = Trust(logs=keys.public_keys())
    assert verify_document(receipt.encode(), trust=trust).holds
    for place in range(0, len(receipt), 37):
        other = "A" if receipt[place] != "A" else "B"
        told = verify_document(
            (receipt[:place] + other + receipt[place + 1 :]).encode(), trust=trust
        )
        assert not told.holds
        assert told.fault


def test_a_checkpoint_that_another_key_signed_is_false_and_its_line_is_not_taken():
    signed = make_checkpoint(now=NOW)
    told = parse_checkpoint(signed.note.text)
    stranger = make_key(name=told.origin, kind=LOG_KEY, seed=bytes([7]) * 32)
    forged, before = sign_checkpoint(told, [stranger]), every_byte()
    verdict = verify_document(str(forged).encode(), trust=Trust(logs=keys.public_keys()))
    assert not verdict.holds
    assert verdict.fault
    with pytest.raises(Refused) as error:
        add_cosignatures(
            [parse_signature(str(line).removesuffix("\n")) for line in forged.signatures]
        )
    assert error.value.refusals[0].code.name == "NOT_ALLOWED"
    assert (every_byte(), root()) == (before, signed.root)

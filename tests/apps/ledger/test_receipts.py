"""Receipts of real books: checked offline, true after words are erased, and never of changed rows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import apportion
from apportion.apps.ledger import keys
from apportion.apps.ledger.actions import seal
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.checkpoints import make_checkpoint
from apportion.apps.ledger.models import Note, Posting, Record, Transfer
from apportion.apps.ledger.queries import tip
from apportion.apps.ledger.receipts import erase_words, find_leaf, give_receipt
from apportion.core.faults import BadInput, WorldError
from apportion.core.journal.notes import make_key
from apportion.core.ledger import BY_NUMBER
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_document
from apportion.core.verify.leaf import CODES
from apportion.core.verify.notes import LOG_KEY
from apportion.core.verify.trust import Trust
from apportion.office import cli
from tests.apps.ledger.sealed_books import as_insider, fill_books
from tests.apps.small_lab import NOW

GRANTED = 50_000


def trusted():
    return Trust(logs=keys.public_keys())


def verdict(text, trust=None):
    return verify_document(text.encode(), trust=trust or trusted())


def seq_of(**row):
    return Transfer.objects.get(**row).seq


@pytest.fixture
def grant(db):
    fill_books(jobs=3)
    return seq_of(amount=GRANTED)


def test_the_codes_that_the_checker_reads_are_those_that_the_ledger_writes():
    assert {number: code.value for number, code in BY_NUMBER.items()} == dict(enumerate(CODES, 1))


def test_every_leaf_of_the_books_has_a_receipt_that_holds(grant):
    for seq in range(tip().size):
        told = verdict(give_receipt(seq=seq, now=NOW))
        assert told.holds, (seq, told.fault)


def test_a_receipt_says_who_paid_whom_how_much_why_and_when(grant):
    told = " ".join(verdict(give_receipt(seq=grant, now=NOW)).checked)
    assert "grant of 50000 base units of gpu from pool r to project alpha" in told
    assert "words: \"for Ada's runs\", 'ops', 'grants of r'" in told


def test_receipts_hold_across_tiles_and_under_the_checkpoint_that_covers_them(db):
    fill_books(jobs=600)
    first = verdict(give_receipt(seq=seq_of(amount=GRANTED), now=NOW))
    last = verdict(give_receipt(seq=tip().size - 1, now=NOW))
    assert (first.holds, last.holds) == (True, True)


def test_a_leaf_that_no_checkpoint_covers_gets_a_new_one(grant):
    index = seal("decision", "r-2", b"denied")
    told = verdict(give_receipt(seq=index, now=NOW, record=b"denied"))
    assert told.holds
    assert "the record denied" in told.checked
    assert f"leaf {index} of {index + 1}" in " ".join(told.checked)


def test_a_leaf_is_named_by_id_seq_or_subject(grant):
    row = Transfer.objects.get(seq=grant)
    assert find_leaf(row.transfer_id.hex()) == find_leaf(str(grant)) == grant
    assert find_leaf("decision:r-1") == Record.objects.get(kind="decision").seq
    for name in ("", "r-1", "decision:r-9", "9" * 19, "9" * 5000, "f" * 32, "²", "decision:"):
        with pytest.raises(Refused) as refused:
            find_leaf(name)
        assert refused.value.refusals[0].code is Code.NOT_FOUND


def test_a_record_that_is_not_what_was_sealed_is_refused(grant):
    with pytest.raises(BadInput, match="not what was sealed as decision r-1"):
        give_receipt(seq=find_leaf("decision:r-1"), now=NOW, record=b"denied")


def test_a_receipt_signed_by_another_office_of_the_same_name_is_refused(grant, settings):
    mine = trusted()
    name = keys.journal_name()
    text = give_receipt(seq=grant, now=NOW)
    forger = make_key(name=mine.logs[0].name, kind=LOG_KEY, seed=b"f" * 32)
    settings.APPORTION_JOURNAL_KEY = forger.write_secret()
    seal("decision", "r-3", b"granted")
    forged = give_receipt(seq=tip().size - 1, now=NOW)
    assert name
    assert verdict(text, mine).holds
    assert verdict(forged, mine).fault.startswith("no key that you trust signed")


def test_changed_books_give_no_receipt(grant):
    as_insider(f"UPDATE ledger_transfer SET amount = 1 WHERE amount = {GRANTED}")
    with pytest.raises(WorldError, match="do not give what was sealed"):
        give_receipt(seq=grant, now=NOW)


def test_erased_words_leave_every_proof_true_and_are_gone(grant, folk):
    kept = give_receipt(seq=grant, now=NOW)
    erase_words(seq=grant, posting=False, by=folk["ops"], now=NOW)
    erase_words(seq=grant, posting=True, by=folk["ops"], now=NOW)
    after = verdict(give_receipt(seq=grant, now=NOW))
    assert after.holds
    assert any("erased" in line for line in after.checked)
    assert verdict(kept).holds  # whoever had the words before can still show them
    assert not Note.objects.filter(text__contains="Ada").exists()
    assert not Posting.objects.filter(memo="grants of r").exists()
    assert audit_books().differences == ()
    assert Record.objects.filter(kind="erasure", subject=str(grant)).count() == 2


def test_erasing_twice_what_is_not_there_or_by_somebody_else_is_refused(grant, folk):
    erase_words(seq=grant, posting=False, by=folk["ops"], now=NOW)
    size = tip().size
    for seq, who, code in (
        (grant, "ops", Code.ALREADY_DONE),
        (grant + 1, "ops", Code.NOT_FOUND),
        (grant, "ann", Code.NOT_ALLOWED),
    ):
        with pytest.raises(Refused) as refused:
            erase_words(seq=seq, posting=False, by=folk[who], now=NOW)
        assert refused.value.refusals[0].code is code
    assert tip().size == size


def test_a_receipt_is_written_by_one_command_and_checked_by_another(grant, tmp_path, capsys):
    out = tmp_path / "grant.txt"
    assert cli.run(["ledger", "receipt", str(grant), "--out", str(out)]) == 0
    assert "grant of 50000" in capsys.readouterr().out
    assert cli.run(["ledger", "key"]) == 0
    key = capsys.readouterr().out.strip()
    assert cli.run(["verify", str(out), "--key", key]) == 0
    assert "signed by those whom you trust" in capsys.readouterr().out
    trust = tmp_path / "trust.txt"
    trust.write_text(f"log {key}\nquorum none\n")
    assert cli.run(["verify", str(out), "--trust", str(trust)]) == 0
    other = make_key(name="else", kind=LOG_KEY, seed=b"e" * 32).key
    assert cli.run(["verify", str(out), "--key", str(other)]) == 1
    assert "false: you trust no key of the journal" in capsys.readouterr().out
    assert cli.run(["verify", str(out), "--key", "nonsense"]) == 2
    text = out.read_text()
    out.write_text(re.sub(r"(?m)^index (\d+)$", lambda found: f"index {int(found[1]) + 1}", text))
    assert cli.run(["verify", str(out)]) == 1
    assert cli.run(["ledger", "receipt", "no-such"]) == 3


def test_words_are_erased_by_a_command(grant, folk, capsys):
    assert cli.run(["ledger", "erase", str(grant), "--by", "ops"]) == 0
    assert "has no words any more" in capsys.readouterr().out
    assert cli.run(["ledger", "erase", str(grant), "--by", "ops"]) == 5
    assert cli.run(["ledger", "erase", str(grant), "--posting", "--by", "ann"]) == 4
    assert cli.run(["ledger", "statement", "alpha", "--unit", "gpu"]) == 0


def test_a_receipt_is_checked_where_nothing_but_python_is_installed(grant):
    text, key = give_receipt(seq=grant, now=NOW), str(keys.public_keys()[0])
    # -S leaves out every installed package, so that only the standard library is found.
    alone = [sys.executable, "-S", "-m", "apportion.core.verify"]
    source = {"PYTHONPATH": str(Path(apportion.__file__).parents[1])}

    def check(*words, given=text):
        command = [*alone, *words]
        return subprocess.run(
            command, input=given.encode(), capture_output=True, env=source, check=False
        )

    told = check(key)
    assert (told.returncode, told.stdout.decode().splitlines()[-1]) == (0, "true")
    told = check(key, given=text.replace("index ", "index 1"))
    assert (told.returncode, told.stdout.decode().splitlines()[-1][:6]) == (1, "false:")
    assert check("nonsense").returncode == 2


def test_a_new_key_signs_beside_the_old_and_is_sealed(grant, settings, tmp_path, capsys):
    settings.APPORTION_JOURNAL_KEY = ""
    settings.APPORTION_JOURNAL_KEY_FILE = tmp_path / "journal.key"
    assert cli.run(["ledger", "key"]) == 2  # there is none yet
    keys.create_key(entropy=lambda count: b"k" * count)
    assert (tmp_path / "journal.key").stat().st_mode & 0o777 == 0o600
    before = keys.public_keys()
    seal("decision", "r-2", b"granted")
    make_checkpoint(now=NOW)
    capsys.readouterr()
    assert cli.run(["ledger", "key", "--rotate"]) == 0
    new, old = capsys.readouterr().out.split()
    assert (old,) == tuple(map(str, before))
    assert Record.objects.filter(kind="key", subject=new).exists()
    told = verdict(give_receipt(seq=tip().size - 1, now=NOW), Trust(logs=before))
    assert told.holds
    assert verdict(give_receipt(seq=tip().size - 1, now=NOW), Trust(logs=keys.public_keys())).holds
    assert audit_books().differences == ()


def test_a_key_that_others_may_read_is_not_used(settings, tmp_path):
    settings.APPORTION_JOURNAL_KEY = ""
    file = settings.APPORTION_JOURNAL_KEY_FILE = tmp_path / "journal.key"
    keys.create_key(entropy=lambda count: b"k" * count)
    before = file.read_text()
    keys.create_key(entropy=lambda count: b"x" * count)
    assert file.read_text() == before
    file.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        keys.office_keys()
    file.chmod(0o600)
    file.write_text("PRIVATE+KEY+nonsense")
    with pytest.raises(BadInput, match="PRIVATE"):
        keys.office_keys()

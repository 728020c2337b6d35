"""The books as a page: they sum to zero, or the page says that they do not."""

from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.models import Account
from apportion.core.grant import open_pool
from tests.apps.pages import heading, read, visit
from tests.apps.small_lab import GPU, HOUR, NOW


def test_empty_books_say_that_nothing_has_moved(client, folk):
    page = visit(client, folk["aud"], "/ledger/")
    assert heading(page) == "Nothing has moved yet."
    assert "No account is open yet." in read(page)


def test_sound_books_say_that_they_sum_to_zero(client, folk, spring):
    post_transfers(open_pool("spring", {GPU: 100 * HOUR}, starts_at=NOW), now=NOW, actor="eve")
    page = visit(client, folk["aud"], "/ledger/")
    assert heading(page) == "All 1 transfers sum to zero."
    words = read(page)
    assert "Pool" in words
    assert "−100" in words


def test_books_that_somebody_changed_say_so(client, folk, spring):
    post_transfers(open_pool("spring", {GPU: 100 * HOUR}, starts_at=NOW), now=NOW, actor="eve")
    Account.objects.filter(kind="pool").update(credits=99 * HOUR)
    assert heading(visit(client, folk["aud"], "/ledger/")) == "The books do not balance."


def test_accounts_are_found_by_their_owner(client, folk, spring):
    post_transfers(open_pool("spring", {GPU: HOUR}, starts_at=NOW), now=NOW, actor="eve")
    assert "No account is called that." in read(visit(client, folk["aud"], "/ledger/?q=nobody"))
    assert "No account" not in read(visit(client, folk["aud"], "/ledger/?q=spring"))

"""Programs act for people with tokens: within scopes, until a day, and never after a revocation."""

from datetime import timedelta

import pytest

from apportion.apps.people.models import Act, Token
from apportion.apps.people.tokens import (
    authenticate_token,
    create_token,
    list_tokens,
    revoke_token,
    scopes_permit,
    token_shown,
)
from apportion.core.refusals import Code, Refused
from tests.apps.small_lab import NOW

DAY = timedelta(days=1)


def make(by, *scopes, days=30, name="notebook"):
    return create_token(by=by, name=name, scopes=scopes or ["all:read"], days=days, now=NOW)


def test_a_token_stands_for_its_person_within_its_scopes(folk):
    _, raw = make(folk["ann"], "request:write", "ledger:read")
    assert authenticate_token(raw, now=NOW) == (folk["ann"], {"request:write", "ledger:read"})


def test_the_secret_is_kept_nowhere(folk):
    token, raw = make(folk["ann"])
    kept = " ".join(str(value) for row in Token.objects.values() for value in row.values())
    assert raw.split("_")[2] not in kept
    assert token.prefix in raw
    assert raw.split("_")[2] not in " ".join(Act.objects.values_list("words", flat=True))


def test_a_token_ends_on_its_day(folk):
    _, raw = make(folk["ann"], days=2)
    assert authenticate_token(raw, now=NOW + 2 * DAY - timedelta(seconds=1))
    assert authenticate_token(raw, now=NOW + 2 * DAY) is None


def test_a_revoked_token_is_refused_at_once_and_twice_is_once(folk):
    token, raw = make(folk["ann"])
    first = revoke_token(prefix=token.prefix, by=folk["ann"], now=NOW)
    again = revoke_token(prefix=token.prefix, by=folk["ann"], now=NOW + DAY)
    assert authenticate_token(raw, now=NOW) is None
    assert again.revoked_at == first.revoked_at


def test_the_token_of_somebody_who_left_is_refused(folk):
    _, raw = make(folk["ann"])
    folk["ann"].is_active = False
    folk["ann"].save()
    assert authenticate_token(raw, now=NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "apn_",
        "apn__",
        "apn_aaaaaaaa_" + "a" * 52,
        "Bearer x",
        "apn_" + "a" * 100_000,
        "\0",
        "ä",
    ],
)
def test_a_text_that_is_no_token_is_nobody(db, text):
    assert authenticate_token(text, now=NOW) is None


def test_one_letter_changed_is_nobody(folk):
    _, raw = make(folk["ann"])
    other = raw[:-1] + ("a" if raw[-1] != "a" else "b")
    assert authenticate_token(other, now=NOW) is None
    assert authenticate_token(raw + "\n", now=NOW) is None


def test_last_used_is_kept_to_the_minute(folk, django_assert_num_queries):
    token, raw = make(folk["ann"])
    authenticate_token(raw, now=NOW)
    with django_assert_num_queries(1):
        authenticate_token(raw, now=NOW + timedelta(seconds=59))
    authenticate_token(raw, now=NOW + DAY)
    token.refresh_from_db()
    assert token.last_used_at == NOW + DAY


@pytest.mark.parametrize(
    ("scopes", "verb", "writes", "reaches"),
    [
        (["request:read"], "request.see", False, True),
        (["request:read"], "request.file", True, False),
        (["request:write"], "request.see", False, True),
        (["all:read"], "ledger.see", False, True),
        (["all:read"], "slate.adopt", True, False),
        (["all:write"], "slate.adopt", True, True),
        (["ledger:write"], "slate.adopt", True, False),
        ([], "request.see", False, False),
    ],
)
def test_scopes_reach_their_area_and_no_further(scopes, verb, writes, reaches):
    assert scopes_permit(scopes, verb, writes=writes) is reaches


@pytest.mark.parametrize(
    ("scopes", "days", "name", "code"),
    [
        (["root:write"], 30, "x", Code.NOT_FOUND),
        ([], 30, "x", Code.INCOMPLETE),
        (["all:read"], 30, "  ", Code.INCOMPLETE),
        (["all:read"], 0, "x", Code.OUT_OF_RANGE),
        (["all:read"], 366, "x", Code.OUT_OF_RANGE),
    ],
)
def test_a_token_without_a_use_or_an_end_is_refused(folk, scopes, days, name, code):
    with pytest.raises(Refused) as refused:
        create_token(by=folk["ann"], name=name, scopes=scopes, days=days, now=NOW)
    assert refused.value.refusals[0].code is code


def test_a_person_has_so_many_tokens_at_most(folk):
    for _ in range(50):
        make(folk["ann"])
    with pytest.raises(Refused, match="Revoke one"):
        make(folk["ann"])
    revoke_token(prefix=list_tokens(folk["ann"])[0].prefix, by=folk["ann"], now=NOW)
    assert make(folk["ann"])


def test_anothers_token_is_revoked_by_operators_alone(folk):
    token, raw = make(folk["ann"])
    with pytest.raises(Refused) as refused:
        revoke_token(prefix=token.prefix, by=folk["bob"], now=NOW)
    assert refused.value.refusals[0].code is Code.NOT_FOUND
    assert authenticate_token(raw, now=NOW)
    revoke_token(prefix=token.prefix, by=folk["ops"], now=NOW)
    assert authenticate_token(raw, now=NOW) is None


def test_a_token_made_with_a_token_reaches_no_further_and_ends_no_later(folk):
    held, raw = create_token(by=folk["ann"], name="x", scopes=["token:write"], days=2, now=NOW)
    assert token_shown(f"Bearer {raw}") == held
    wish = {"by": folk["ann"], "name": "y", "within": held, "now": NOW + DAY}
    made, _ = create_token(**wish, scopes=["token:read"], days=30)
    assert made.expires_at == held.expires_at
    made, _ = create_token(**wish, scopes=["token:write"], days=1)
    assert made.expires_at == NOW + 2 * DAY
    with pytest.raises(Refused) as refused:
        create_token(**wish, scopes=["token:write", "all:read"], days=1)
    assert [one.subject for one in refused.value.refusals] == ["scope 'all:read'"]
    assert token_shown("") is None

"""Setting what use costs from a day on; each version is sealed and stays."""

import hashlib
import json
from datetime import UTC, date, datetime, time

from django.db import transaction

from apportion.apps.ledger.actions import lock_tip, seal
from apportion.apps.people.queries import Person, demand
from apportion.apps.tariffs.models import TariffVersion
from apportion.apps.tariffs.queries import tariff_of, version_in_force, versions
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import to_epoch_us

LARGEST_BYTES = 200_000


def set_tariff(
    *, toml: bytes, file: str, starts_on: date, by: Person, now: datetime, dry_run: bool = False
) -> TariffVersion:
    """Prices what is used from a UTC day on by a rates.toml; the same again is found.

    Charges that stand in the books keep the price they were made at.

    Refuses: NOT_ALLOWED; PERIOD_CLOSED where the day is in a closed period.
    Raises: BadInput, with every fault of the file.
    """
    demand(by, "rates.set")
    text = _text(toml, file)
    if not tariff_of(text, file=file).has_prices:
        remedy = "Write [[rates]] with a resource and credits"
        raise BadInput([Fault(file=file, what="no rate is in it", remedy=remedy)])
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        closed = lock_tip().closed_before_us
        if closed is not None and to_epoch_us(datetime.combine(starts_on, time(), UTC)) < closed:
            remedy = "Let it hold from a day that is still open."
            raise Refused(
                [Refusal(code=Code.PERIOD_CLOSED, subject=f"rates from {starts_on}", remedy=remedy)]
            )
        rows = versions()
        same = version_in_force(rows, starts_on)
        if same is not None and (same.starts_on, same.sha256) == (starts_on, sha256):
            return same
        number = max((row.number for row in rows), default=0) + 1
        row = TariffVersion.objects.create(
            number=number,
            starts_on=starts_on,
            toml=text,
            sha256=sha256,
            set_at=now,
            set_by=by.username,
        )
        seal("rates", str(number), record_of(row))
        if dry_run:
            transaction.set_rollback(True)
    return row


def record_of(row: TariffVersion) -> bytes:
    """Writes what the journal seals of a version."""
    facts = {
        "schema": "apportion.rates-version/1",
        "number": row.number,
        "from": row.starts_on.isoformat(),
        "sha256": row.sha256,
        "at": row.set_at.astimezone(UTC).isoformat(),
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _text(toml: bytes, file: str) -> str:
    try:
        if len(toml) > LARGEST_BYTES:
            what, remedy = f"larger than {LARGEST_BYTES:,} bytes", "Give a rates.toml"
            raise BadInput([Fault(file=file, what=what, remedy=remedy)])
        return toml.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        what, remedy = f"not UTF-8 at byte {error.start}", "Save it as UTF-8"
        raise BadInput([Fault(file=file, what=what, remedy=remedy)]) from None

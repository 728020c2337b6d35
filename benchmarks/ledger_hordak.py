"""django-hordak's bulk path, in its own environment: how many in, the seconds of their batch out.

Started by benchmarks/ledger.py, which makes the environment and hands over the server.
"""

import os
import sys
import time
from urllib.parse import parse_qs, urlsplit

DATABASE = "hordak"


def main() -> None:
    """Prepares, then posts a batch for each line read."""
    connect()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    accounts = open_accounts()
    print("ready", flush=True)
    for line in sys.stdin:
        print(post(accounts, int(line)), flush=True)


def connect() -> None:
    """Makes a database on the server of the office, and lets Django know it."""
    import django
    import psycopg
    from django.conf import settings

    url = os.environ["APPORTION_DATABASE_URL"]  # noqa: TID251  handed over by the benchmark
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")
    parts = urlsplit(url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": parts.username or "",
        "HOST": parse_qs(parts.query)["host"][0],
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DEFAULT_CURRENCY="EUR",
        CURRENCIES=["EUR"],
        USE_TZ=True,
    )
    django.setup()


def open_accounts() -> list:
    """Opens one account that pays and a hundred that are paid."""
    from hordak.models import Account, AccountType

    return [
        Account.objects.create(
            name=f"a{n}", code=str(n), type=AccountType.asset, currencies=["EUR"]
        )
        for n in range(101)
    ]


def post(accounts: list, count: int) -> float:
    """Posts a batch, two legs each, in one transaction; gives its seconds."""
    from django.db import transaction
    from djmoney.money import Money
    from hordak.models import Leg, Transaction

    started = time.perf_counter()
    with transaction.atomic():
        made = Transaction.objects.bulk_create([Transaction() for _ in range(count)])
        one = Money(1, "EUR")
        legs = [
            leg
            for n, each in enumerate(made)
            for leg in (
                Leg(transaction=each, account=accounts[0], credit=one),
                Leg(transaction=each, account=accounts[1 + n % 100], debit=one),
            )
        ]
        Leg.objects.bulk_create(legs)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

"""The real books and the model of them, given the same calls: after each they must be the same.

A storm, where one is given, breaks the storage in the middle of a call; what broke must have left
no trace, and the same call is then made again.
"""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from apportion.apps.ledger import actions, writer
from apportion.apps.ledger.actions import close_account, expire_holds, post_transfers
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.checkpoints import list_checkpoints, make_checkpoint, sealed_keys
from apportion.apps.ledger.closing import Facts, close_period, open_period, period_record
from apportion.apps.ledger.loans import list_debts, loan_record, open_loan, return_credits
from apportion.apps.ledger.models import Account
from apportion.apps.ledger.periods import find_period
from apportion.apps.ledger.proofs import stored_subtrees
from apportion.apps.ledger.queries import key_of, root, tip
from apportion.apps.ledger.statements import balances_at, booked_usage, read_statement
from apportion.apps.ledger.writer_group import GroupWriter, _Ticket
from apportion.core import journal
from apportion.core.loans import Debt, Loan, LoanState, lend, pay_back
from apportion.core.refusals import Refusal, Refused
from apportion.core.statement import Bounds
from apportion.core.verify.merkle import check_consistency, check_inclusion
from apportion.core.windows import Window, from_epoch_us, to_epoch_us
from tests.apps.ledger.model import Came, Model

MEMO = "in step"
PERIOD = timedelta(days=10)


class BrokenError(OperationalError):
    """Stands for a disk or a connection that failed."""


class Storm:
    """Fails the n-th time that something is written."""

    def __init__(self, strikes_at):
        self.left, self.struck = strikes_at, False

    def step(self):
        self.left -= 1
        if self.left == 0:
            self.struck = True
            raise BrokenError("the storage broke")

    def __enter__(self):
        self.patch = pytest.MonkeyPatch()
        for module, name in ((writer, "insert_rows"), (actions, "insert_rows")):
            self.patch.setattr(module, name, self._around(getattr(module, name)))
        self.patch.setattr(writer, "insert_transfers", self._inside(writer.insert_transfers))
        self.watch = connection.execute_wrapper(self._look)
        self.watch.__enter__()

    def __exit__(self, *error):
        self.watch.__exit__(*error)
        self.patch.undo()

    def _around(self, insert):
        def inserting(model, columns, rows):
            if rows:
                self.step()
            insert(model, columns, rows)

        return inserting

    def _inside(self, insert):
        def inserting(columns, *, meanwhile, **more):
            def sealing(start, end):
                self.step()  # rows are on their way, nothing is sealed
                meanwhile(start, end)

            insert(columns, meanwhile=sealing, **more)
            self.step()

        return inserting

    def _look(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE")):
            self.step()
        return result


class Lockstep:
    """Makes each call on both, and compares."""

    def __init__(self, folk, *, now_us):
        self.folk, self.model, self.now_us = folk, Model(), now_us
        self.start = self.now
        self.storm, self.broken, self.told, self.loans = None, 0, [], []
        self.periods, self.seen = 0, {}
        restart_numbers(1)
        for place in range(12):
            window = Window(
                starts_at=self.start + place * PERIOD, ends_at=self.start + (place + 1) * PERIOD
            )
            open_period(
                name=f"p{place}", window=window, round_row=None, by=folk["ops"], now=self.now
            )

    @property
    def now(self):
        return from_epoch_us(self.now_us)

    # Each call on both sides.

    def post(self, legs, *, partial=False, quick=False):
        def real():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(actions, "MANY", 0 if quick else 10**9)
                return post_transfers(legs, now=self.now, actor="ops", memo=MEMO, partial=partial)

        came, _ = self.run(real)
        facts = {"now_us": self.now_us, "actor": "ops", "memo": MEMO, "partial": partial}
        return self.compare(came, self.model.post(legs, **facts))

    def together(self, calls):
        """Posts calls as the group writer commits those of many threads."""

        def real():
            tickets = [
                _Ticket(legs=legs, actor=f"caller {n}", memo=MEMO, now=self.now)
                for n, legs in enumerate(calls)
            ]
            GroupWriter()._post_together(tickets)
            if tickets[0].error is not None:
                raise tickets[0].error
            return [ticket.posted for ticket in tickets]

        posted, struck = self.run(real)
        said = [(legs, f"caller {n}", MEMO) for n, legs in enumerate(calls)]
        if struck and len(calls) > 1:  # then the writer went on one by one
            expected = [self.model.together([one], now_us=self.now_us)[0] for one in said]
        else:
            expected = self.model.together(said, now_us=self.now_us)
        for one, came in zip(posted, expected, strict=True):
            calm = came_to(one)
            assert (calm.accepted, sorted(calm.refused)) == (came.accepted, sorted(came.refused))
        self.told.append(expected)
        self.check()
        return expected

    def sweep(self):
        released, _ = self.run(lambda: expire_holds(now=self.now))
        assert released == self.model.sweep(now_us=self.now_us)
        self.told.append(released)
        self.check()

    def close(self, key):
        came, _ = self.run(lambda: close_account(key, now=self.now))
        code = self.model.close(key, now_us=self.now_us)
        assert codes_of(came) == ((code,) if code else ())
        self.told.append(code)
        self.check()

    def lend(self, lender, borrower, amount, *, days):
        ref = f"red-{len(self.loans)}"
        due_at = self.now + timedelta(days=days)
        loan = Loan(ref=ref, lender=lender, borrower=borrower, amount=amount, due_at=due_at)
        now, by = self.now, self.folk["eve"]
        came, _ = self.run(lambda: open_loan(loan=loan, by=by, now=now))
        expected = self.model.post(lend(loan, at=now), now_us=self.now_us, actor=by.username)
        assert sorted(codes_of(came)) == sorted(expected.refused)
        if not expected.refused:
            self.model.seal(loan_record(loan))
            self.loans.append(loan)
        self.told.append(expected)
        self.check()

    def pay(self, loan, amount):
        now, by = self.now, self.folk["eve"]
        debt = Debt(loan=loan, owed=self.model.balance(loan.account))
        came, _ = self.run(lambda: return_credits(ref=loan.ref, amount=amount, by=by, now=now))
        legs = pay_back(debt, amount, key=f"from {debt.owed}", at=now)
        if isinstance(legs, Refusal):
            expected = Came(refused=(legs.code.name,))
        else:
            expected = self.model.post(legs, now_us=self.now_us, actor=by.username)
        assert sorted(codes_of(came)) == sorted(expected.refused)
        self.told.append(expected)
        self.check()

    def close_period(self):
        """Closes the next period, after its end, and remembers what was in it."""
        name, ends_at = f"p{self.periods}", self.start + (self.periods + 1) * PERIOD
        self.now_us = max(self.now_us, to_epoch_us(ends_at))
        gather, by = (lambda row: Facts(accounted=booked_usage())), self.folk["ops"]
        closing, _ = self.run(lambda: close_period(name=name, gather=gather, by=by, now=self.now))
        if closing.legs:
            expected = self.model.post(closing.legs, now_us=self.now_us, actor=by.username)
            assert not expected.refused
        self.model.seal(period_record(find_period(name)))
        self.model.closed_before_us = to_epoch_us(ends_at)
        self.seal_keys()
        self.periods += 1
        self.seen[ends_at] = balances_at(bounds=Bounds(ends_at=ends_at))
        self.told.append([leg.amount for leg in closing.legs])
        self.check()

    def sign(self):
        self.run(lambda: make_checkpoint(now=self.now))
        self.seal_keys()
        self.check()

    def seal_keys(self):
        """Seals in the model the key that the office sealed before it first signed."""
        if not self.seen.get("key"):
            self.seen["key"] = sealed_keys()
            for name in self.seen["key"]:
                self.model.seal(name.encode())

    # How a call is made, and what is compared.

    def run(self, real):
        """Makes the real call; where the storage broke, nothing may have changed, and again."""
        storm, self.storm = self.storm, None
        try:
            with storm or nullcontext(), transaction.atomic():
                return real(), bool(storm and storm.struck)
        except Refused as refused:
            return refused, False
        except BrokenError:
            self.broken += 1
            restart_numbers(max(self.model.numbers.values(), default=0) + 1)
            self.check()
            return self.run(real)

    def compare(self, came, expected):
        """Compares what a call came to on both sides, then the books."""
        real = came_to(came)
        assert sorted(real.refused) == sorted(expected.refused)
        if not isinstance(came, Refused):
            assert (real.accepted, real.existing) == (expected.accepted, expected.existing)
        if expected.accepted:
            assert real.expired == expected.expired
        self.told.append(expected)
        self.check()
        return expected

    def check(self):
        """Every counter, the number of leaves and the root are as the model has them."""
        rows = list(Account.objects.all())
        counters = {
            key_of(row): [row.debits, row.credits, row.debits_pending, row.credits_pending]
            for row in rows
        }
        assert counters == self.model.counters
        assert {key_of(row) for row in rows if row.closed_at} == self.model.closed
        end = tip()
        assert (end.size, end.transfers) == (len(self.model.leaves), len(self.model.log))
        assert root() == self.model.root()
        for unit in {row.unit for row in rows}:
            own = [row for row in rows if row.unit == unit]
            assert sum(row.balance for row in own) == 0
            assert sum(row.debits_pending - row.credits_pending for row in own) == 0
        assert all(row.floor is None or row.available >= row.floor for row in rows)

    def check_all(self):
        """What costs more: the audit, each proof, each checkpoint, and balances at many instants."""
        audit = audit_books()
        assert (audit.differences, audit.root) == ((), self.model.root())
        times = [one["recorded_us"] for one in self.model.log]
        assert times == sorted(times)
        subtrees, size = stored_subtrees(audit.leaves), audit.leaves
        for index, leaf in enumerate(self.model.leaves):
            assert subtrees(0, index) == leaf
            path = journal.prove_inclusion(subtrees, index=index, size=size)
            check_inclusion(leaf=leaf, index=index, size=size, path=path, root=audit.root)
        self.check_checkpoints()
        self.check_instants()
        for debt in list_debts():
            assert debt.owed == self.model.balance(debt.loan.account)
            overdue = debt.owed > 0 and debt.loan.due_at <= self.now
            assert (debt.state(self.now) is LoanState.OVERDUE) == overdue

    def check_checkpoints(self):
        """Each checkpoint continues all those before it."""
        signed = sorted(list_checkpoints(), key=lambda one: one.size)
        for place, later in enumerate(signed):
            for one in signed[:place]:
                proof = journal.prove_consistency(
                    stored_subtrees(later.size), old=one.size, size=later.size
                )
                check_consistency(
                    old_size=one.size,
                    old_root=one.root,
                    size=later.size,
                    root=later.root,
                    proof=proof,
                )

    def check_instants(self):
        """Balances as of any two instants are a replay; what is closed stays as it was."""
        effective = sorted({one["effective_us"] for one in self.model.log})[::5]
        recorded = sorted({one["recorded_us"] for one in self.model.log})[::7]
        for at_us in effective:
            for known_us in recorded:
                bounds = Bounds(
                    ends_at=from_epoch_us(at_us), recorded_before=from_epoch_us(known_us)
                )
                expected = self.model.balances(effective_us=at_us, recorded_us=known_us)
                assert balances_at(bounds=bounds) == expected
        for ends_at, before in self.seen.items():
            if ends_at == "key":
                continue
            assert balances_at(bounds=Bounds(ends_at=ends_at)) == before
            for row in Account.objects.filter(kind="project"):
                closed = read_statement(row, bounds=Bounds(ends_at=ends_at)).closing
                opened = read_statement(row, bounds=Bounds(starts_at=ends_at))
                assert (closed, opened.closing) == (opened.opening, row.balance)


def came_to(posted):
    """Gives what a call came to as the model tells it."""
    if isinstance(posted, Refused):
        return Came(refused=codes_of(posted))
    return Came(
        expired=tuple((one.id, one.amount) for one in posted.expired),
        accepted=tuple((one.id, one.amount) for one in posted.accepted),
        existing=posted.existing,
        refused=tuple(refusal.code.name for refusal in posted.refusals),
    )


def codes_of(came):
    return tuple(r.code.name for r in came.refusals) if isinstance(came, Refused) else ()


def restart_numbers(first):
    """Lets the next account that is opened have this number: what rolls back leaves a gap else."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            name = "pg_get_serial_sequence('ledger_account', 'id')"
            cursor.execute(f"SELECT setval({name}, %s, false)", [first])
        else:
            cursor.execute(
                "UPDATE sqlite_sequence SET seq = %s WHERE name = 'ledger_account'", [first - 1]
            )

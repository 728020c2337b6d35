"""Books held in dicts: what the ledger's rules are tried on, and what a database is compared with."""

from dataclasses import replace

from apportion.core.ledger import (
    RELEASES,
    Account,
    Key,
    Kind,
    Standing,
    Transfer,
    TransferCode,
    World,
    new_account,
    post_batch,
)

ISSUED = Key(Kind.ISSUED, "r1", "gpu:h100")
POOL = Key(Kind.POOL, "r1", "gpu:h100")
ALPHA = Key(Kind.PROJECT, "alpha", "gpu:h100")
BETA = Key(Kind.PROJECT, "beta", "gpu:h100")
USED = Key(Kind.CONSUMED, "alpha", "gpu:h100")
OVER = Key(Kind.OVERRUN, "alpha", "gpu:h100")
ELSEWHERE = Key(Kind.PROJECT, "alpha", "cpu")
KEYS = (ISSUED, POOL, ALPHA, BETA, USED, OVER, ELSEWHERE)
NOW = 1_000_000


def leg(number, debit, credit, amount, **more):
    """Makes a transfer whose id is a small number."""
    facts = {"code": TransferCode.GRANT, "effective_us": 1_000, "source": f"test:{number}"}
    return Transfer(
        id=number.to_bytes(16, "big"), debit=debit, credit=credit, amount=amount, **facts | more
    )


def hold(number, debit, credit, amount, *, until=NOW + 100, **more):
    """Makes a hold."""
    code = TransferCode.HOLD
    return leg(number, debit, credit, amount, code=code, expires_us=until, **more)


class PlainBooks:
    """Accounts and transfers in dicts; `post` is the database's writer without a database."""

    def __init__(self):
        self.accounts: dict[Key, Account] = {}
        self.known: dict[bytes, Standing] = {}
        self.resolved: set[bytes] = set()
        self.log: list[Transfer] = []

    def post(self, legs, *, now_us=NOW, partial=True, **more):
        """Posts a batch and keeps what it came to."""
        posted = post_batch(legs, world=self.world(legs, now_us=now_us, **more))
        if partial or not posted.refusals:
            self.keep(posted)
        return posted

    def world(self, legs, *, now_us=NOW, **more):
        """Gives what a batch touches, as the writer gathers it."""
        keys = {key for one in legs for key in (one.debit, one.credit)}
        ids = {one.id for one in legs} | {one.about for one in legs if one.about}
        due = [
            standing.transfer
            for standing in self.known.values()
            if standing.transfer.code is TransferCode.HOLD
            and standing.transfer.id not in self.resolved
            and standing.transfer.expires_us <= now_us
            and standing.transfer.debit in keys
        ]
        return World(
            now_us=now_us,
            accounts={key: self.accounts[key] for key in keys if key in self.accounts},
            known={
                i: replace(self.known[i], resolved=i in self.resolved)
                for i in ids
                if i in self.known
            },
            due=tuple(sorted(due, key=lambda t: (t.expires_us, self.known[t.id].seq))),
            **more,
        )

    def keep(self, posted):
        """Writes what was accepted."""
        if not posted.accepted:
            return
        places = (*(0 for _ in posted.expired), *posted.legs)
        for place, one in zip(places, (*posted.expired, *posted.accepted), strict=True):
            plain = replace(one, source="", note="", group="", balancing=False)
            self.known[one.id] = Standing(seq=len(self.log), leg=place, transfer=plain)
            if one.about:
                self.resolved.add(one.about)
            self.log.append(plain)
        for key, change in posted.changes.items():
            before = self.accounts.get(key, new_account(key))
            self.accounts[key] = replace(before, counters=before.counters.plus(change))

    def close(self, key):
        """Closes an account."""
        self.accounts[key] = replace(self.accounts.get(key, new_account(key)), closed=True)

    def balance(self, key):
        """Gives the balance of an account."""
        return self.counters().get(key, (0, 0, 0, 0))[1] - self.counters().get(key, (0,) * 4)[0]

    def counters(self):
        """Gives all counters as tuples: debits, credits and both pending."""
        return {
            key: (c.debits, c.credits, c.debits_pending, c.credits_pending)
            for key, c in ((key, account.counters) for key, account in self.accounts.items())
        }

    def fold(self):
        """Recomputes all counters from the log alone, the plainest way there is."""
        folded = {}
        by_id = {one.id: one for one in self.log}
        for one in self.log:
            debit = folded.setdefault(one.debit, [0, 0, 0, 0])
            credit = folded.setdefault(one.credit, [0, 0, 0, 0])
            if one.code is TransferCode.HOLD:
                debit[2] += one.amount
                credit[3] += one.amount
                continue
            about = by_id.get(one.about)
            if about is not None and about.code is TransferCode.HOLD:
                debit[2] -= about.amount
                credit[3] -= about.amount
            if one.code not in RELEASES:
                debit[0] += one.amount
                credit[1] += one.amount
        return {key: tuple(parts) for key, parts in folded.items()}

"""What people and time do to books, most of it sensible, some of it wrong; `pick` chooses.

`pick(n)` gives a number from 0 to n - 1: a property test draws it, a simulation takes it from a seed.
"""

from dataclasses import replace

from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode, post_hold, reversal, void_hold
from apportion.core.ledger import expire_hold as release
from apportion.core.ledger.convert import ExchangeRate, convert

GPU, CPU = "gpu:h100", "cpu"
ISSUED, POOL = (Key(kind, "r1", GPU) for kind in (Kind.ISSUED, Kind.POOL))
ALPHA, BETA = (Key(Kind.PROJECT, name, GPU) for name in ("alpha", "beta"))
USED, OVER = (Key(kind, "alpha", GPU) for kind in (Kind.CONSUMED, Kind.OVERRUN))
CPU_ISSUED, CPU_ALPHA = Key(Kind.ISSUED, "r1", CPU), Key(Kind.PROJECT, "alpha", CPU)
EXCHANGES = tuple(
    Key(Kind.EXCHANGE, owner, unit)
    for owner, unit in (("h100", GPU), ("h100", CPU), ("h100/rounding", GPU))
)
KEYS = (ISSUED, POOL, ALPHA, BETA, USED, OVER, CPU_ISSUED, CPU_ALPHA)
SENSIBLE = ((ISSUED, POOL), (POOL, ALPHA), (POOL, BETA), (ALPHA, BETA), (ALPHA, USED), (OVER, USED))
PLAIN = [
    code
    for code in TransferCode
    if code not in {TransferCode.HOLD, TransferCode.REVERSE, TransferCode.VOID, TransferCode.EXPIRE}
]
DAY_US = 86_400_000_000
RATE = ExchangeRate(id="h100", give=3, take=2)


def begin(step):
    """Opens the accounts and fills some, so that most of what follows is possible."""
    pairs = ((ISSUED, POOL, 900), (POOL, ALPHA, 200), (POOL, BETA, 100), (ALPHA, USED, 1))
    pairs += ((OVER, USED, 1), (CPU_ISSUED, CPU_ALPHA, 300), (EXCHANGES[1], CPU_ALPHA, 1))
    pairs += ((ALPHA, EXCHANGES[0], 1), (ALPHA, EXCHANGES[2], 1))
    step.post([leg(step, f"begin {n}", *pair) for n, pair in enumerate(pairs)])


def leg(step, source, debit, credit, amount, *, back_us=0, code=TransferCode.GRANT, **more):
    """Makes a transfer; its id follows from its source and instant."""
    effective_us = step.now_us - back_us
    return Transfer(
        id=transfer_id(effective_us // 1000, source),
        debit=debit,
        credit=credit,
        amount=amount,
        code=code,
        effective_us=effective_us,
        source=source,
        **more,
    )


def draw_leg(step, pick, *, group=""):
    """Draws a transfer: one in six is between odd accounts, one in ten has an odd amount."""
    pair = SENSIBLE[pick(len(SENSIBLE))] if pick(6) else (KEYS[pick(8)], KEYS[pick(8)])
    amount = pick(60) + 1 if pick(10) else (0, -3, 2**63, 2**63 - 1, 10_000)[pick(5)]
    source = f"{len(step.told)}.{pick(10**6)}"
    back_us = 0 if pick(4) else pick(12) * DAY_US
    more = {"code": PLAIN[pick(len(PLAIN))], "balancing": not pick(8), "group": group}
    if not pick(6):
        expires_us = step.model.instant(step.now_us) + 3 * DAY_US
        more |= {"code": TransferCode.HOLD, "expires_us": expires_us}
    return leg(step, source, *pair, amount, back_us=back_us, **more)


def draw_legs(step, pick):
    """Draws a call of a few legs: each alone, all together, or some in groups."""
    names = (("",), ("all",), ("", "a", "a", "b"))[pick(3)]
    groups = [names[pick(len(names))] for _ in range(pick(4) + 1)]
    return [draw_leg(step, pick, group=group) for group in groups]


def move(step, pick):
    step.post(draw_legs(step, pick), partial=not pick(2), quick=not pick(2))


def gather(step, pick):
    """Several callers at once, sometimes two with the same call."""
    calls = [draw_legs(step, pick) for _ in range(pick(3) + 1)]
    step.together(calls + ([] if pick(3) else calls[:1]))


def hold(step, pick):
    """Holds for microseconds or for days: ends fall between postings of one commit too."""
    expires_us = (
        step.model.instant(step.now_us) + (pick(6), 9 + pick(400), DAY_US, 9 * DAY_US)[pick(4)]
    )
    pair = SENSIBLE[1 + pick(4)]
    code = TransferCode.HOLD
    one = leg(step, f"h{len(step.told)}", *pair, pick(50) + 1, code=code, expires_us=expires_us)
    step.post([one], partial=not pick(4))


def resolve(step, pick):
    """Posts, voids or releases a hold of any age, sometimes wrongly, sometimes with others at once."""
    any_age, done, now_us = not pick(4), step.model.done, step.model.instant(step.now_us)
    held = find(
        step,
        pick,
        lambda one: (
            one["code"] == "hold"
            and (any_age or (one["id"] not in done and one["expires_us"] > now_us))
        ),
    )
    if held is None:
        return
    if not pick(3):  # just before its end, or at it
        step.now_us = held.expires_us - pick(4)
    now_us = step.now_us
    made = (
        lambda: post_hold(
            held, amount=pick(held.amount) + 1, code=TransferCode.SETTLE, effective_us=now_us
        ),
        lambda: void_hold(held, effective_us=now_us),
        lambda: release(held, not_before_us=step.model.closed_before_us),
        lambda: replace(void_hold(held, effective_us=now_us), amount=held.amount + 1),
        lambda: replace(
            post_hold(held, amount=1, code=TransferCode.GRANT, effective_us=now_us), debit=OVER
        ),
    )[(0, 0, 0, 1, 1, 2, 3, 4)[pick(8)]]()
    if not pick(3):
        step.post([made], partial=not pick(2))
    else:
        step.together([draw_legs(step, pick), [made], [made]])


def reverse(step, pick):
    """Reverses anything once, twice, or wrongly; reversals too."""
    undone = find(step, pick, lambda one: True)
    back = reversal(undone, effective_us=step.now_us)
    if not pick(5):
        back = replace(back, amount=back.amount + 1)
    twice = replace(back, id=transfer_id(step.now_us // 1000, f"again {len(step.told)}"))
    step.post([back] if pick(3) else [back, twice], partial=True)


def repeat(step, pick):
    """Sends what stands once more: as it was, or with other content under its id."""
    one = find(step, pick, lambda one: not one["place"])
    if one is None:
        return
    odd = (
        one,
        replace(one, amount=one.amount + 1),
        replace(one, effective_us=one.effective_us + 1),
        replace(one, group="g", note="other words"),
        replace(one, balancing=True, amount=one.amount + 5),
        replace(one, credit=CPU_ALPHA),
    )
    step.post([odd[pick(6)], draw_leg(step, pick)], partial=not pick(2), quick=not pick(2))


def find(step, pick, wanted):
    """Finds a transfer that stands, as it was sent."""
    rows = [one for one in step.model.log if wanted(one)]
    if not rows:
        return None
    one = rows[pick(len(rows))]
    return Transfer(
        id=one["id"],
        debit=one["debit"],
        credit=one["credit"],
        amount=one["amount"],
        code=TransferCode(one["code"]),
        effective_us=one["effective_us"],
        about=one["about"],
        expires_us=one["expires_us"],
    )


def exchange(step, pick):
    """Converts: what is paid is worth what is given, to the rounding, which is booked."""
    amount, ref = pick(80) + 1, f"c{len(step.told)}"
    legs = convert(
        payer=ALPHA, payee=CPU_ALPHA, amount=amount, rate=RATE, ref=ref, effective_us=step.now_us
    )
    if legs:
        paid = sum(one.amount for one in legs if one.debit == ALPHA)
        given = sum(one.amount for one in legs if one.credit == CPU_ALPHA)
        assert (paid, given) == (amount, amount * RATE.give // RATE.take)
        step.post(list(legs))


def lend(step, pick):
    if len(step.loans) < 3:
        step.lend(ALPHA, BETA, pick(60) + 1, days=pick(20) + 1)


def pay(step, pick):
    if step.loans:
        loan = step.loans[pick(len(step.loans))]
        step.pay(loan, pick(step.model.balance(loan.account) + 3))


def close(step, pick):
    """Closes an account, which mostly is refused: something is left on it."""
    keys = (
        Key(Kind.PROJECT, "nobody", GPU),
        CPU_ALPHA,
        OVER,
        *(loan.account for loan in step.loans),
    )
    step.close(keys[pick(len(keys))])


def close_period(step, pick):
    if step.periods < 4 and not pick(3):
        step.close_period()


def sweep(step, pick):
    step.sweep()


def sign(step, pick):
    step.sign()


def tick(step, pick):
    """The clock goes on, jumps a day, steps back, or comes to where a hold is just about to end."""
    ends = [one["expires_us"] for one in step.model.log if one["id"] not in step.model.done]
    ends = [end for end in ends if end > step.model.instant(0)]
    if ends and not pick(2):
        step.now_us = ends[pick(len(ends))] - pick(4)
    else:
        step.now_us += (pick(50), pick(10**6), DAY_US, 3 * DAY_US, -pick(10**6), -DAY_US)[pick(6)]


ACTIONS = (
    *(move, gather, hold, resolve, reverse, repeat, exchange, lend, pay),
    *(close, close_period, sweep, sign, tick),
)

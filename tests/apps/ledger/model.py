"""The books as plain dicts, written from docs/journal.md and the rules alone: what the real ones must be.

It shares no line with the ledger: its own ladder of refusals, its own leaves, its own root.
"""

import copy
import hashlib
import struct
from dataclasses import dataclass

LARGEST = 2**63 - 1
CODES = (
    "open grant settle refund reverse hold void expire redirect payback forfeit convert close late"
)
LIMITED = {"pool", "project", "consumed", "loan"}  # the others may owe
RELEASES = {"void", "expire"}
LEAF = struct.Struct(">BBHIIqqqqq16s16s32s")


@dataclass(frozen=True)
class Came:
    """What a call came to: ids with amounts that were released and taken, ids that stood, codes."""

    expired: tuple = ()
    accepted: tuple = ()
    existing: tuple = ()
    refused: tuple = ()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(leaves):
    """RFC 6962, 2.1: the tree's root over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01", tree_root(leaves[:cut]), tree_root(leaves[cut:]))


def source_id(milliseconds, source):
    """Names what time itself brings about: 48 bits of time, 80 bits of a hash."""
    return milliseconds.to_bytes(6, "big") + sha256(source.encode())[:10]


class Model:
    """Accounts, transfers and leaves; `numbers` is told, as the database gives them out."""

    def __init__(self):
        self.counters = {}  # by account: debits, credits, debits pending, credits pending
        self.closed = set()
        self.numbers = {}
        self.posted = {}  # by id: the transfer, its place in its group and where it stands
        self.done = {}  # by id: what resolved or reversed it
        self.log = []
        self.leaves = []
        self.recorded_us = 0
        self.closed_before_us = None

    # What is done to the books.

    def post(self, legs, *, now_us, actor, memo="", partial=False):
        """Posts one call; without `partial` any refusal leaves everything as it was."""
        [came] = self.together([(legs, actor, memo)], now_us=now_us, partial=partial)
        return came

    def together(self, calls, *, now_us, partial=False):
        """Posts calls in one transaction, each whole or not at all."""
        before = copy.copy(self.__dict__) | {
            "counters": dict(self.counters),
            "posted": dict(self.posted),
            "done": dict(self.done),
            "log": list(self.log),
        }
        at_us = self.instant(now_us)
        every = [leg for legs, _, _ in calls for leg in legs]
        touched = {key for leg in every for key in (leg.debit, leg.credit)} & set(self.counters)
        due = [leg for leg in self.due(at_us) if leg.debit in touched]
        last_us = at_us + len(calls) - 1 + bool(due)
        expired = [self.release(leg) for leg in due]
        postings, outcomes = [("", "", expired)] if expired else [], []
        for legs, actor, memo in calls:
            came, taken = self.weigh(legs, now_us=at_us, last_us=last_us, partial=partial)
            outcomes.append(came)
            postings += [(actor, memo, taken)] if taken else []
        if not any(came.accepted for came in outcomes):
            self.__dict__.update(before)
            return outcomes
        self.seal_postings(postings, at_us)
        told = tuple((one["id"], one["amount"]) for one in expired)
        return [Came(told, c.accepted, c.existing, c.refused) for c in outcomes]

    def sweep(self, *, now_us):
        """Releases all that is due."""
        at_us = self.instant(now_us)
        due = [self.release(leg) for leg in self.due(at_us)]
        if due:
            self.seal_postings([("", "", due)], at_us)
        return len(due)

    def close(self, key, *, now_us):
        """Closes an account, or says why not."""
        if key not in self.counters:
            return "ACCOUNT_UNKNOWN"
        if key in self.closed:
            return "ACCOUNT_CLOSED"
        at_us = self.instant(now_us)
        lapsing = [one for one in self.due(at_us) if key in (one.debit, one.credit)]
        debits, credits_, out_of, into = self.counters[key]
        out_of -= sum(one.amount for one in lapsing if one.debit == key)
        into -= sum(one.amount for one in lapsing if one.credit == key)
        if debits != credits_ or out_of or into:
            return "WRONG_STATE"
        self.sweep(now_us=now_us)
        self.closed.add(key)
        closed_us = self.instant(now_us)
        self.seal(b"closing" + struct.pack(">BIq", 1, self.numbers[key], closed_us))
        return None

    def seal(self, record):
        """Adds a record that is not a transfer."""
        self.leaves.append(sha256(b"\x00", record))

    # The rules.

    def weigh(self, legs, *, now_us, last_us, partial):
        """Decides group by group; gives the outcome and what was taken."""
        before = (dict(self.counters), dict(self.posted), dict(self.done), list(self.log))
        taken, existing, refused = [], [], []
        for group in groups_of(legs):
            if any(leg.id in self.posted for leg in group):
                if self.stands(group):
                    existing += [leg.id for leg in group]
                else:
                    refused.append("ID_REUSED")
                continue
            mark = (dict(self.counters), dict(self.posted), dict(self.done))
            log, code = list(self.log), None
            for place, leg in enumerate(group, start=1):
                amount = self.as_much_as_possible(leg)
                if len(group) > 1 and leg.id in self.posted:
                    code = "ID_REUSED"
                else:
                    code = self.refuse(leg, amount, now_us=now_us, last_us=last_us)
                if code:
                    break
                self.take(leg, amount, place if len(group) > 1 else 0)
            if code:
                refused.append(code)
                (self.counters, self.posted, self.done), self.log = mark, log
        if refused and not partial:
            self.counters, self.posted, self.done, self.log = before
            return Came(existing=tuple(existing), refused=tuple(refused)), []
        taken = self.log[len(before[3]) :]
        told = tuple((one["id"], one["amount"]) for one in taken)
        return Came((), told, tuple(existing), tuple(refused)), taken

    def refuse(self, leg, amount, *, now_us, last_us):
        """Says why a transfer is refused, the first reason first; None where nothing does."""
        ladder = (
            lambda: self.refuse_form(leg, amount, last_us),
            lambda: self.refuse_accounts(leg),
            lambda: self.refuse_about(leg, amount, now_us=now_us, last_us=last_us),
            lambda: self.refuse_balance(leg, amount),
        )
        return next((code for step in ladder if (code := step())), None)

    def refuse_form(self, leg, amount, last_us):
        hold = leg.code == "hold"
        wrong = (
            not 0 < amount <= LARGEST,
            leg.debit == leg.credit,
            hold != bool(leg.expires_us),
            hold and leg.expires_us <= last_us,
        )
        return "OUT_OF_RANGE" if any(wrong) else None

    def refuse_accounts(self, leg):
        if {leg.debit, leg.credit} & self.closed:
            return "ACCOUNT_CLOSED"
        if leg.debit.unit != leg.credit.unit:
            return "UNIT_MISMATCH"
        early = self.closed_before_us is not None and leg.effective_us < self.closed_before_us
        return "PERIOD_CLOSED" if early else None

    def refuse_about(self, leg, amount, *, now_us, last_us):
        if leg.about is None:
            return "NOT_FOUND" if leg.code in {"reverse", *RELEASES} else None
        if leg.code == "hold":
            return "OUT_OF_RANGE"
        about = self.posted.get(leg.about)
        if about is None:
            return "NOT_FOUND"
        if leg.code == "reverse":
            return self.refuse_reversal(leg, about, amount)
        return self.refuse_resolution(leg, about, amount, now_us=now_us, last_us=last_us)

    def refuse_reversal(self, leg, about, amount):
        if about["code"] in {"hold", *RELEASES}:
            return "NOT_A_MIRROR"
        if about["id"] in self.done:
            return "ALREADY_REVERSED"
        mirror = (about["credit"], about["debit"], about["amount"])
        return None if (leg.debit, leg.credit, amount) == mirror else "NOT_A_MIRROR"

    def refuse_resolution(self, leg, about, amount, *, now_us, last_us):
        if about["code"] != "hold":
            return "NOT_FOUND"
        if leg.code not in RELEASES and about["expires_us"] <= last_us:
            return "HOLD_EXPIRED"
        if about["id"] in self.done:
            return "HOLD_RESOLVED"
        if leg.code == "expire" and about["expires_us"] > now_us:
            return "WRONG_STATE"
        same = (leg.debit, leg.credit) == (about["debit"], about["credit"])
        whole = amount == about["amount"]
        fits = whole if leg.code in RELEASES else amount <= about["amount"]
        return None if same and fits else "BEYOND_HOLD"

    def refuse_balance(self, leg, amount):
        held = self.held(leg)
        out_of, into = self.of(leg.debit), self.of(leg.credit)
        if max(out_of[0] + out_of[2], into[1] + into[3]) + amount - held > LARGEST:
            return "OUT_OF_RANGE"
        takes = -held if leg.code in RELEASES else amount - held
        short = out_of[1] - out_of[0] - out_of[2] - takes < 0
        return "NOT_ENOUGH" if leg.debit.kind in LIMITED and short else None

    def as_much_as_possible(self, leg):
        if not leg.balancing or leg.debit.kind not in LIMITED:
            return leg.amount
        debits, credits_, out_of, _ = self.of(leg.debit)
        possible = credits_ - debits - out_of + self.held(leg)
        return min(leg.amount, possible) if possible > 0 else leg.amount

    def stands(self, group):
        """Says whether all of a group stands in the books, together and with the same content."""
        first = self.posted.get(group[0].id)
        for place, leg in enumerate(group):
            one = self.posted.get(leg.id)
            if one is None or first is None or one["order"] != first["order"] + place:
                return False
            if one["place"] != (place + 1 if len(group) > 1 else 0):
                return False
            enough = one["amount"] <= leg.amount if leg.balancing else one["amount"] == leg.amount
            if not enough or any(one[name] != getattr(leg, name) for name in SAME):
                return False
        return True

    # Its steps.

    def take(self, leg, amount, place):
        """Writes one transfer and moves the counters."""
        out_of, into, held = self.of(leg.debit), self.of(leg.credit), self.held(leg)
        self.counters[leg.debit], self.counters[leg.credit] = out_of, into
        if leg.code == "hold":
            out_of[2] += amount
            into[3] += amount
        else:
            out_of[2] -= held
            into[3] -= held
            if leg.code not in RELEASES:
                out_of[0] += amount
                into[1] += amount
        one = {name: getattr(leg, name) for name in SAME}
        one |= {"id": leg.id, "amount": amount, "place": place, "order": len(self.log)}
        one["note"] = leg.note
        self.posted[leg.id] = one
        if leg.about is not None:
            self.done[leg.about] = leg.id
        self.log.append(one)
        return one

    def release(self, hold):
        """Releases a hold whose time is over, as of its end or of the first instant that is open."""
        at_us = max(hold.expires_us, self.closed_before_us or hold.expires_us)
        made = copy.copy(hold)
        made.id = source_id(at_us // 1000, f"expire:{hold.id.hex()}")
        made.code, made.about, made.effective_us, made.expires_us = "expire", hold.id, at_us, 0
        return self.take(made, hold.amount, 0)

    def due(self, at_us):
        """Lists the open holds whose time is over, in the order in which they end."""
        holds = [
            Hold(one)
            for one in self.log
            if one["code"] == "hold" and one["id"] not in self.done and one["expires_us"] <= at_us
        ]
        return sorted(holds, key=lambda hold: (hold.expires_us, hold.order))

    def seal_postings(self, postings, at_us):
        """Opens what is named first, then seals each posting an instant after the one before it."""
        named = {one[side] for _, _, taken in postings for one in taken for side in SIDES}
        for key in sorted(named - set(self.numbers)):
            self.numbers[key] = max(self.numbers.values(), default=0) + 1
            limited = key.kind in LIMITED
            head = struct.pack(">BI?q", 1, self.numbers[key], limited, 0)
            texts = b"".join(struct.pack(">H", len(part)) + part.encode() for part in key)
            self.seal(b"account" + head + texts)
        for place, (actor, memo, taken) in enumerate(postings):
            words = sha256(bytes(32), f"{actor}\n{memo}".encode())
            for one in taken:
                note = sha256(bytes(32), one["note"].encode())
                one |= {"seq": len(self.leaves), "recorded_us": at_us + place}
                self.seal(self.pack(one, sha256(words, note) if one["note"] else words))
            self.recorded_us = at_us + place

    def pack(self, one, words):
        """Writes a transfer's leaf."""
        debit, credit = self.numbers[one["debit"]], self.numbers[one["credit"]]
        head = (1, CODES.split().index(one["code"]) + 1, one["place"], debit, credit)
        times = (one["effective_us"], one["recorded_us"], one["expires_us"])
        ids = (one["id"], one["about"] or bytes(16), words)
        return LEAF.pack(*head, one["seq"], one["amount"], *times, *ids)

    # What the books hold.

    def of(self, key):
        return list(self.counters.get(key, (0, 0, 0, 0)))

    def held(self, leg):
        about = self.posted.get(leg.about) if leg.about else None
        return about["amount"] if about and about["code"] == "hold" else 0

    def instant(self, now_us):
        return max(now_us, self.recorded_us + 1)

    def root(self):
        return tree_root(self.leaves)

    def balance(self, key):
        return self.of(key)[1] - self.of(key)[0]

    def balances(self, *, effective_us=LARGEST, recorded_us=LARGEST):
        """Replays what took effect before the one instant and was recorded before the other."""
        found = {}
        for one in self.log:
            moved = one["code"] not in {"hold", *RELEASES}
            if moved and one["effective_us"] < effective_us and one["recorded_us"] < recorded_us:
                for side, sign in (("debit", -1), ("credit", 1)):
                    found[one[side]] = found.get(one[side], 0) + sign * one["amount"]
        return found


SIDES = ("debit", "credit")
SAME = ("debit", "credit", "code", "effective_us", "about", "expires_us")


class Hold:
    """A hold as it stands, with the names of a leg."""

    def __init__(self, one):
        self.__dict__.update(one, balancing=False, group="", note="")


def groups_of(legs):
    """Splits a call into neighbours that share a group's name."""
    groups = []
    for leg in legs:
        if leg.group and groups and groups[-1][0].group == leg.group:
            groups[-1].append(leg)
        else:
            groups.append([leg])
    return groups

"""The shared scheduler in plain Python: fair share, quotas, preemption and one emergency window."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass
class Node:
    """A node of the tree. `share` counts among all; `quota` is nominal, `limit` hard (None: no limit)."""

    parent: int = -1  # -1 at the top; a parent comes before its children
    share: int = 1
    quota: int = 0
    limit: int | None = None
    priority: int = 0


@dataclass
class Window:
    """An emergency: a node goes first, up to `amount`, from `start` until `until`, and pays back."""

    node: int
    start: int
    until: int
    amount: int
    preempt: bool = False
    payback: Fraction = Fraction(0)  # part of its quota that it gives up until nothing is owed
    exempt: frozenset = frozenset()  # leaves that neither lend nor are preempted


@dataclass
class World:
    """Everything the shared scheduler knows beside the jobs."""

    capacity: int
    nodes: list
    half_life: int
    period: int = 300
    checkpoint: int = 3600
    restart: int = 300
    backfill: bool = True
    depth: int = 0  # jobs that are tried behind the reservation in one pass; 0 is all
    reclaim: bool = False
    by_class: bool = False  # higher classes of groups go first
    by_usage: bool = True  # then those who have used less for their share
    stop_lower: bool = False  # jobs of lower classes are stopped where that makes room
    window: Window | None = None


@dataclass
class Told:
    """What came of it."""

    starts: list
    ends: list
    lost: int
    preemptions: int
    lent: list
    owed: int


class SharedOracle:
    """Fair share over a tree, quotas, preemption and one emergency window, step by plain step."""

    def __init__(self, jobs, world):
        self.world = world
        self.jobs = sorted(jobs, key=lambda j: j.place)
        self.left = {j.place: j.duration for j in jobs}
        self.guess = {j.place: j.estimate for j in jobs}
        self.start = {}
        self.first = {}
        self.end = {}
        self.running, self.queue = [], []
        self.usage = [0.0] * len(world.nodes)
        self.lent = [0] * len(world.nodes)
        self.owed = self.lost = self.preemptions = 0
        self.now = 0
        self.held_back = False
        self.decay = 0.5 ** (world.period / world.half_life) if world.half_life else 1.0

    def run(self):
        coming = list(self.jobs)
        while coming or self.queue or self.running:
            now = self._next(coming)
            self._account(now)
            self.now = now
            for job in [j for j in self.running if self.start[j.place] + self.left[j.place] <= now]:
                self.running.remove(job)
                self.end[job.place] = now
            while coming and coming[0].submit <= now:
                self.queue.append(coming.pop(0))
            self._pass()
        places = [j.place for j in self.jobs]
        return Told(
            starts=[self.first[p] for p in places],
            ends=[self.end[p] for p in places],
            lost=self.lost,
            preemptions=self.preemptions,
            lent=self.lent,
            owed=self.owed,
        )

    def _next(self, coming):
        instants = [j.submit for j in coming[:1]]
        instants += [self.start[j.place] + self.left[j.place] for j in self.running]
        window = self.world.window
        if window and (self.queue or coming or self.running):
            instants += [at for at in (window.start, window.until) if at > self.now]
        return min(instants)

    # -- accounts -------------------------------------------------------------------------------

    def up(self, leaf):
        """The leaf and everything above it."""
        while leaf >= 0:
            yield leaf
            leaf = self.world.nodes[leaf].parent

    def used(self, node):
        return sum(j.procs for j in self.running if node in self.up(j.group))

    def is_first(self, leaf):
        return self.world.window is not None and self.world.window.node in self.up(leaf)

    def in_window(self, at):
        window = self.world.window
        return window is not None and window.start <= at < window.until

    def paying(self):
        """Whether the borrower is held back: something is owed, and somebody who lent waits."""
        window = self.world.window
        over = window is not None and bool(window.payback) and self.now >= window.until
        return over and self.owed > 0 and any(self.lent[j.group] for j in self.queue)

    def _account(self, now):
        rate = [self.used(n) for n in range(len(self.usage))]
        at = self.now
        while at < now:
            border = (at // self.world.period + 1) * self.world.period
            to = min(border, now)
            for n, r in enumerate(rate):
                self.usage[n] += r * (to - at)
                if to == border:
                    self.usage[n] *= self.decay
            at = to
        self._loans(now - self.now, rate)

    def _leaves(self):
        parents = {n.parent for n in self.world.nodes}
        return [n for n in range(len(self.world.nodes)) if n not in parents]

    def _loans(self, seconds, rate):
        window = self.world.window
        if not window or not seconds:
            return
        others = [g for g in self._leaves() if not self.is_first(g) and g not in window.exempt]
        quota = [n.quota for n in self.world.nodes]
        over = rate[window.node] - quota[window.node]
        if self.in_window(self.now) and over > 0:
            waiting = {j.group for j in self.queue}
            short = {g: quota[g] - rate[g] for g in others if g in waiting and quota[g] > rate[g]}
            if short:
                amount = min(over, sum(short.values())) * seconds
                parts = self._split(amount, short)
                for g, part in parts.items():
                    self.lent[g] += part
                self.owed += amount
        elif self.now >= window.until and over < 0:
            above = {g: rate[g] - quota[g] for g in others if self.lent[g] and rate[g] > quota[g]}
            if above:
                amount = min(-over, sum(above.values())) * seconds
                for g, part in self._split(amount, above).items():
                    paid = min(part, self.lent[g])
                    self.lent[g] -= paid
                    self.owed -= paid

    @staticmethod
    def _split(amount, weights):
        """In proportion, rounded down; what rounding leaves goes to the first."""
        total = sum(weights.values())
        parts = {g: amount * w // total for g, w in weights.items()}
        first = min(parts)
        parts[first] += amount - sum(parts.values())
        return parts

    # -- the pass -------------------------------------------------------------------------------

    def limit(self, node):
        window, own = self.world.window, self.world.nodes[node].limit
        if window and node == window.node:
            if self.in_window(self.now):
                return window.amount
            if self.held_back:
                most = int(self.world.nodes[node].quota * (1 - window.payback))
                return most if own is None else min(own, most)
        return own

    def order(self):
        def key(job):
            path = list(self.up(job.group))[::-1] if self.world.by_usage else []
            level = -self.world.nodes[job.group].priority if self.world.by_class else 0
            shares = tuple(self.usage[n] / self.world.nodes[n].share for n in path)
            goes_first = self.is_first(job.group) and self.in_window(self.now)
            return (not goes_first, level, shares, job.place)

        return sorted(self.queue, key=key)

    def allowed(self, job):
        return all(
            self.limit(n) is None or self.used(n) + job.procs <= self.limit(n)
            for n in self.up(job.group)
        )

    def _pass(self):
        self.held_back = self.paying()
        order = self.order()
        reserved = self._pass_in_order(order)
        if reserved is None or not self.world.backfill:
            return
        at, shadow, extra = reserved
        behind = order[at + 1 :]
        for job in behind[: self.world.depth] if self.world.depth else behind:
            if job.procs > self.free() or not self.allowed(job):
                continue
            inside = self.now + self.guess[job.place] <= shadow
            if inside or job.procs <= extra:
                self._begin(job)
                extra -= 0 if inside else job.procs

    def _pass_in_order(self, order):
        """Starts whoever fits until somebody does not, who then has a reservation."""
        for at, job in enumerate(order):
            if not self.allowed(job):
                continue
            if job.procs > self.free():
                self._make_room(job, self.free())
            if job.procs > self.free():
                return at, *self._reserve(job, self.free())
            self._begin(job)
        return None

    def free(self):
        return self.world.capacity - sum(j.procs for j in self.running)

    def _begin(self, job):
        self.queue.remove(job)
        self.running.append(job)
        self.start[job.place] = self.now
        self.first.setdefault(job.place, self.now)

    def _reserve(self, head, free):
        ends = {j.place: self.start[j.place] + self.guess[j.place] for j in self.running}
        for end in sorted(set(ends.values())):
            there = free + sum(j.procs for j in self.running if ends[j.place] <= end)
            if there >= head.procs:
                return end, there - head.procs
        raise AssertionError("fits an empty cluster")

    def _victims(self, job):
        """Who may be stopped for a job whatever its group uses, and who while it is over quota."""
        window, leaf = self.world.window, self.world.nodes[job.group]
        if window and window.preempt and self.in_window(self.now) and self.is_first(job.group):
            spared = window.exempt
            free = [j for j in self.running if not self.is_first(j.group)]
            return [j.place for j in free if j.group not in spared], []
        first = self.in_window(self.now)
        open_to = [j for j in self.running if not (first and self.is_first(j.group))]
        lower = [j for j in open_to if self.world.nodes[j.group].priority < leaf.priority]
        reclaims = self.world.reclaim and self.used(job.group) + job.procs <= leaf.quota
        return (
            [j.place for j in lower if self.world.stop_lower],
            [j.place for j in open_to if reclaims],
        )

    def _make_room(self, job, free):
        """Stops the youngest first, and only where that is enough."""
        chosen, room = [], free
        always, over_quota = self._victims(job)
        used = {j.group: self.used(j.group) for j in self.running}
        for victim in sorted(self.running, key=lambda j: (-self.start[j.place], -j.place)):
            if room >= job.procs:
                break
            over = used[victim.group] > self.world.nodes[victim.group].quota
            if victim.place not in always and not (over and victim.place in over_quota):
                continue
            chosen.append(victim)
            used[victim.group] -= victim.procs
            room += victim.procs
        if room < job.procs:
            return
        for victim in chosen:
            ran = self.now - self.start[victim.place]
            saved = ran // self.world.checkpoint * self.world.checkpoint
            self.left[victim.place] += self.world.restart - saved
            self.guess[victim.place] += self.world.restart - saved
            self.lost += (ran - saved + self.world.restart) * victim.procs
            self.preemptions += 1
            self.running.remove(victim)
            self.queue.append(victim)

"""An office beside the cluster: a round decided and granted by its own actions, its credits running now."""

import os
from datetime import UTC, datetime, timedelta

from apportion.apps.apply.actions import (
    Wish,
    add_member,
    save_draft,
    start_project,
    submit_request,
)
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.ledger.queries import balance_of
from apportion.apps.meter.models import Charge
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import write_opinion
from apportion.apps.rounds.actions import Dates, open_round
from apportion.apps.rounds.queries import find_area
from apportion.core.ledger import Key, Kind
from apportion.office.cli import run
from tests.apps.small_lab import GPU, POLICY, people
from tests.slurm.conftest import USERS

DAY = timedelta(days=1)
REFUNDS = "NODE_FAIL=1,PREEMPTED=0.5"
PEOPLE = USERS if os.geteuid() == 0 else ()  # jobs of others need root


class Lab:
    """People, a clock that may be ahead of the cluster's, and projects with credits.

    Its researchers are users of this machine. Every project has all of them; the first leads.
    """

    def __init__(self, cluster, settings, *, now=None):
        self.cluster = cluster
        self.now = now or datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  jobs run in real time
        self.ahead = timedelta()
        settings.APPORTION_REFUNDS = REFUNDS
        settings.APPORTION_SLURM = (cluster.name,)
        settings.APPORTION_SLURM_POOL = f"pool-{cluster.number()}"
        settings.APPORTION_RECONCILE = "apply"
        settings.APPORTION_SYNC_MINUTES = 0
        settings.APPORTION_CLOCK = self.clock
        self.folk = people()
        me = cluster.run("id", "-un")
        self.team = [self.person(name, "researcher") for name in PEOPLE or (me,)]
        self.board = [self.person(name, "board") for name in ("mia", "noa")]

    def clock(self):
        return datetime.now(UTC) + self.ahead  # noqa: TID251  the cluster's jobs run in real time

    def person(self, name, *roles):
        return add_person(username=name, name=name.title(), roles=list(roles))

    def fund(self, policy=POLICY, **projects):
        """Funds new projects; gives their names, which are the words given and a number each.

        Shape: word to GPU-seconds, or to GPU-seconds and area.
        """
        wishes = {f"{word}-{self.cluster.number()}": wish for word, wish in projects.items()}
        return self.grant(wishes, policy=policy)

    def grant(self, wishes, *, policy=POLICY):
        """Asks, scores, decides and grants as twenty days ago: all get what they ask for."""
        begin = self.now - 20 * DAY
        dates = Dates(
            requests_close_at=begin + DAY,
            reviews_due_at=begin + 2 * DAY,
            decision_at=begin + 3 * DAY,
            appeals_until_at=begin + 4 * DAY,
            credits_start_at=begin + 5 * DAY,
            credits_end_at=self.now + 90 * DAY,
        )
        row = open_round(
            slug="spring", policy_toml=policy, dates=dates, by=self.folk["eve"], now=begin
        )
        for slug, wish in wishes.items():
            self.ask(row, slug, *(wish if isinstance(wish, tuple) else (wish,)))
        slate = propose_slate(row=row, by=self.folk["eve"], now=begin + 3 * DAY)
        adopt_slate(slate=slate, by=self.folk["eve"], now=begin + 3 * DAY)
        grant_round(row=row, by=self.folk["eve"], now=begin + 5 * DAY)
        self.granted = {slug: self.given(slug) for slug in wishes}
        return list(wishes)

    def given(self, slug):
        return balance_of(Key(Kind.PROJECT, slug, GPU))

    def ask(self, row, slug, seconds, area="foundations"):
        begin, lead = self.now - 20 * DAY, self.team[0]
        project = start_project(slug=slug, title=slug, area=find_area(area), lead=lead, now=begin)
        for member in self.team[1:]:
            add_member(project=project, person=member)
        wish = Wish(
            title=slug, question=f"Does {slug} work?", amounts={GPU: (seconds // 4, seconds)}
        )
        draft = save_draft(round_row=row, project=project, wish=wish, by=lead, now=begin)
        request = submit_request(row=draft, by=lead, now=begin)
        write_opinion(request=request, by=self.folk["rev"], score_hundredths=800, now=begin + DAY)

    def does(self, *words):
        """Types a command that is done without a word of refusal."""
        assert run([str(word) for word in words]) == 0, words

    def limits(self):
        self.does("limits", "apply", "--cluster", self.cluster.name, "--as", "ops")

    def tick(self):
        self.does("tick")

    def sync(self, *more):
        """Reads the accounting; where our clock is ahead of the cluster's, as much more of it again."""
        if self.ahead and not more:
            more = ("--overlap", str(2 + self.ahead // timedelta(hours=1)))
        return run(["usage", "sync", "--cluster", self.cluster.name, "--as", "ops", *more])

    def charged(self, slug):
        """What the books hold of a project's jobs. Units: GPU-seconds."""
        rows = Charge.objects.filter(account=slug, resource=GPU)
        return sum(rows.values_list("unit_seconds", flat=True))

    def differences(self, *slugs):
        """After a sync: by how much the books differ from sacct, project by project."""

        def ask():
            assert self.sync() == 0
            return [self.charged(slug) - self.cluster.used(slug) for slug in slugs]

        return ask

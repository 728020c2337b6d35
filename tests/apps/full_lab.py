"""An office with a round in every state: what pages show when there is something to show."""

from datetime import timedelta

from apportion.apps.appeal.actions import file_appeal
from apportion.apps.apply.actions import Wish, save_draft
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.change.actions import ask_change
from apportion.apps.change.winding import give_notice
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.closing import open_period
from apportion.apps.ledger.loans import open_loan
from apportion.apps.notice.actions import add_endpoint, send_test
from apportion.apps.notice.gathering import gather_news
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import assign_reviewer
from apportion.apps.rounds.actions import Dates, mark_flagship, open_round, set_rate
from apportion.core.appeal.life import Changed, Ground
from apportion.core.change.asking import What
from apportion.core.change.asking import Wish as Wanted
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.loans import Loan
from apportion.core.windows import Window
from tests.apps import small_lab
from tests.apps.small_lab import GPU, HOUR, NOW, POLICY

PAST = "winter"


def fill_office():
    """A decided round whose credits are being spent, and an open one with four requests."""
    folk = small_lab.people()
    begun = NOW - timedelta(days=40)
    dates = Dates(
        requests_close_at=begun - timedelta(days=5),
        reviews_due_at=begun - timedelta(days=4),
        decision_at=begun - timedelta(days=3),
        appeals_until_at=begun + timedelta(days=9),
        credits_start_at=begun,
        credits_end_at=begun + timedelta(days=90),
    )
    early = begun - timedelta(days=10)
    old = open_round(
        slug=PAST, name="Winter", policy_toml=POLICY, dates=dates, by=folk["eve"], now=early
    )
    mark_flagship(area="assistant")
    set_rate(resource=GPU, microcredits_per_unit=1_200_000, starts_at=early)
    asks = (("older", 9, "foundations"), ("elder", 3, "assistant"), ("eldest", 1, "assistant"))
    fill(
        old, folk, early, [(slug, score, 40 + 50 * (score < 9), area) for slug, score, area in asks]
    )
    scribble(old, folk["ann"], "winter-draft", early)
    slate = propose_slate(row=old, by=folk["eve"], now=early)
    adopt_slate(slate=slate, by=folk["eve"], now=early)
    grant_round(row=old, by=folk["eve"], now=early)
    after_the_award(folk, early + timedelta(days=1))
    spend("older", begun)
    window = Window(starts_at=begun, ends_at=dates.credits_end_at)
    open_period(name=PAST, window=window, round_row=old, by=folk["ops"], now=early)
    tell_people(folk)
    lend("eldest", folk["eve"], due_at=NOW)
    new = small_lab.open_spring(folk["eve"])
    asks = (("alpha", 9), ("beta", 7), ("gamma", 5), ("delta", 3))
    rows = fill(new, folk, NOW, [(slug, score, 40, "foundations") for slug, score in asks])
    scribble(new, folk["ann"], "spring-draft", NOW)
    waiting = small_lab.file_request(new, folk["bob"], "waiting", area="assistant")
    assign_reviewer(request=waiting, reviewer=folk["rev"], now=NOW)
    return {"folk": folk, "spring": new, "rows": rows, "waiting": waiting}


def after_the_award(folk, at):
    """An appeal that is being decided, an ask that waits for an answer, a notice of winding down."""
    folk["mia"] = add_person(username="mia", name="Mia", roles=["board"])
    file_appeal(
        request="winter-3",
        ground=Ground.FACT,
        words="The pilot was misread.",
        changed=Changed(),
        by=folk["ann"],
        now=at,
    )
    until = NOW + timedelta(days=80)
    wish = Wanted(what=What.EXTENSION, project="older", resource=GPU, until=until)
    ask_change(
        wish=wish, why="The last seed runs in May.", by=folk["ann"], now=at + timedelta(days=9)
    )
    give_notice(
        project="eldest",
        reason="Its question is answered.",
        last_at=NOW + timedelta(days=60),
        by=folk["eve"],
        now=NOW,
    )


def tell_people(folk):
    """Letters that left the outbox, and a webhook with a message that waits."""
    gather_news(now=NOW)
    url = "https://ci.lab.example/in"
    add_endpoint(slug="ci", kind="webhook", url=url, by=folk["ops"], now=NOW)
    send_test(by=folk["ops"], endpoint="ci", now=NOW)


def fill(row, folk, at, asks):
    """Files and scores requests at an instant."""
    small_lab_now, small_lab.NOW = small_lab.NOW, at
    try:
        return [
            small_lab.file_request(
                row,
                folk["ann"],
                slug,
                area=area,
                minimum=30,
                ask=ask,
                score=score,
                reviewer=folk["rev"],
            )
            for slug, score, ask, area in asks
        ]
    finally:
        small_lab.NOW = small_lab_now


def scribble(row, by, ref, at):
    """Leaves a draft half written, saved twice."""
    project = projects_by_slug(["older"])["older"]
    more = {"round_row": row, "project": project, "by": by, "now": at, "ref": ref}
    save_draft(wish=Wish(title="Half written", question="Is it half?"), **more)
    save_draft(wish=Wish(title="Half written", question="Is it a half?"), **more)


def lend(project, by, *, due_at):
    """Lends a project an hour of another, which is due already when the tests begin."""
    lender, borrower = (Key(Kind.PROJECT, name, GPU) for name in ("elder", project))
    loan = Loan(ref="red-1", lender=lender, borrower=borrower, amount=HOUR, due_at=due_at)
    open_loan(loan=loan, by=by, now=due_at - timedelta(days=9))


def spend(project, since):
    """Settles an hour a day."""
    legs = []
    for day in range(30):
        at = since + timedelta(days=day)
        key = f"job:{project}:{day}"
        ms = int(at.timestamp() * 1000)
        legs.append(
            Transfer(
                id=transfer_id(ms, key),
                group=key,
                debit=Key(Kind.PROJECT, project, GPU),
                credit=Key(Kind.CONSUMED, project, GPU),
                amount=HOUR,
                code=TransferCode.SETTLE,
                source=key,
                effective_us=ms * 1000,
            )
        )
    post_transfers(legs, now=NOW, actor="meter")

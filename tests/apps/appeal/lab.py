"""A decided round whose decisions may be appealed."""

from datetime import timedelta

from apportion.apps.appeal import actions
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.people.actions import add_person
from apportion.core.appeal.life import Changed, Ground
from tests.apps.small_lab import NOW, POLICY, file_request, open_spring

DAY = timedelta(days=1)
TOLD = NOW + 21 * DAY
APPEALS = "[reserve]\nappeals = 0.3\n"


def decide_spring(folk):
    """A decided round: alpha has all it asked, beta a part, gamma nothing; two others on the board."""
    for name in ("mia", "noa"):
        folk[name] = add_person(username=name, name=name.title(), roles=["board"])
    row = open_spring(folk["eve"], policy=POLICY + APPEALS)
    asks = (("alpha", "ann", 9, 40), ("beta", "bob", 7, 40), ("gamma", "bob", 3, 25))
    folk["requests"] = [
        file_request(row, folk[lead], slug, minimum=20, ask=ask, score=score, reviewer=folk["rev"])
        for slug, lead, score, ask in asks
    ]
    slate = propose_slate(row=row, by=folk["eve"], now=NOW + 20 * DAY)
    adopt_slate(slate=slate, by=folk["eve"], now=TOLD)
    row.refresh_from_db()
    folk["row"] = row
    return folk


def ref_of(lab, place):
    return lab["requests"][place].ref


def appeal(lab, place=2, *, by="bob", now=TOLD + DAY, ground=Ground.FACT, changed=None):
    return actions.file_appeal(
        request=ref_of(lab, place),
        ground=ground,
        words="The pilot was misread.",
        changed=changed or Changed(),
        by=lab[by],
        now=now,
    )

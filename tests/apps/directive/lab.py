"""A lab whose credits are being spent: an assistant that borrows, and two projects that may lend."""

from datetime import timedelta

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.people.actions import add_person
from tests.apps.small_lab import NOW, POLICY, file_request, open_spring

DAY = timedelta(days=1)
START = NOW + 40 * DAY  # ten days into the credits
END, PAYBACK = START + 20 * DAY, START + 50 * DAY
RED_POLICY = POLICY + "[code_red]\nsigners = 2\nexempt = []\n"
TERMS = f"""schema = "apportion.directive/1"
ref = "red-1"
purpose = "Answer the incident"
project = "chat"
from = {START.isoformat()}
until = {END.isoformat()}
[take.amount]
"gpu:h100" = 12
[payback]
rate = 1.25
by = {PAYBACK.isoformat()}
"""


def board():
    """Two more board members, who sign."""
    return [
        add_person(username=name, name=name.title(), roles=["board"]) for name in ("mia", "noa")
    ]


def spend(folk, policy=RED_POLICY):
    """Decides and grants a round: chat, alpha and beta hold credits."""
    row = open_spring(folk["eve"], policy=policy)
    for slug, lead, area, minimum, ask in (
        ("chat", "bob", "assistant", 10, 40),
        ("alpha", "ann", "foundations", 10, 12),
        ("beta", "ann", "foundations", 10, 36),
    ):
        file_request(
            row,
            folk[lead],
            slug,
            area=area,
            minimum=minimum,
            ask=ask,
            score=8,
            reviewer=folk["rev"],
        )
    slate = propose_slate(row=row, by=folk["eve"], now=NOW + 20 * DAY)
    adopt_slate(slate=slate, by=folk["eve"], now=NOW + 21 * DAY)
    grant_round(row=row, by=folk["eve"], now=NOW + 30 * DAY)
    return row


def meter(folk, folder, text):
    """Imports accounting."""
    path = folder / "usage.txt"
    path.write_text(text)
    source = read_source(str(path), layout=Layout(format=Format.SACCT))
    import_usage(sources=[source], by=folk["ops"], now=START)

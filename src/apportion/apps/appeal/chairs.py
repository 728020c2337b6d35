"""Who sits on an appeal: drawn by its seed among those whom nothing bars."""

from datetime import datetime

from apportion.apps.appeal.models import Appeal, Decider
from apportion.apps.appeal.queries import candidates_for, deciders_of, sitting
from apportion.apps.appeal.steps import keep_step
from apportion.apps.people.queries import find_person
from apportion.core.appeal.deciders import draw


def fill_chairs(row: Appeal, *, now: datetime) -> list[str]:
    """Seats whom the draw names for chairs that are empty; whoever was barred since leaves."""
    found = candidates_for(row, now=now)
    barred = {one.person: one.barred for one in found}
    for chair in sitting(row):
        why = barred.get(chair.person.username, "is no board member any more")
        if why and chair.signed_at is None:
            chair.recused_at, chair.recused_why = now, why[:300]
            chair.save(update_fields=["recused_at", "recused_why"])
            keep_step(row, "leave", by=None, now=now, note=f"{chair.person.username}: {why}")
    missing = row.wanted - len(sitting(row))
    if missing <= 0:
        return []
    known = {one.person.username for one in deciders_of(row)}
    free = [one for one in found if one.person not in known]
    seated = []
    for name in draw(free, seed=row.seed, wanted=missing).people:
        Decider.objects.create(appeal=row, person=find_person(name), drawn_at=now)
        keep_step(row, "draw", by=None, now=now, note=name)
        seated.append(name)
    return seated

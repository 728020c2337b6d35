"""Where an address stands: the round and area that it is about, for roles that count there alone."""

from collections.abc import Callable, Mapping

from apportion.apps.appeal.queries import find_appeal
from apportion.apps.apply.queries import find_project, find_request, where_asked, where_works
from apportion.apps.change.queries import find_change, find_notice
from apportion.apps.evidence.queries import find_experiment
from apportion.apps.people.queries import OFFICE, Where
from apportion.apps.report.alert_queries import find_alert
from apportion.core.refusals import Refused

API = "api/v1/"
OWN = ("mine", "my")  # lists of one's own things
# Their body names the place, and the act itself asks whether the person may do it there.
BY_THE_ACT = frozenset(
    {
        *("rounds-plan/", "rounds-urgent/"),
        *(f"{API}{noun}" for noun in ("rounds", "urgent-rounds", "requests", "drafts")),
        *(f"{API}{noun}" for noun in ("appeals", "changes", "winddowns", "experiments", "pilots")),
    }
)
PLACES: Mapping[str, tuple[str, Callable[[str], Where]]] = {
    "rounds": ("slug", Where),
    "review": ("slug", Where),
    "requests": ("ref", lambda ref: where_asked(find_request(ref))),
    "fastlane": ("ref", lambda ref: where_asked(find_request(ref))),
    "appeals": ("ref", lambda ref: where_asked(find_appeal(ref).request)),
    "projects": ("slug", lambda slug: where_works(find_project(slug))),
    "experiments": ("slug", lambda slug: where_works(find_experiment(slug).project)),
    "changes": ("ref", lambda ref: where_works(find_change(ref).project)),
    "wind-downs": ("ref", lambda ref: where_works(find_notice(ref).project)),
    "winddowns": ("ref", lambda ref: where_works(find_notice(ref).project)),
    "alerts": ("number", lambda number: where_works(find_alert(int(number)).project)),
}


def place_of(route: str, named: Mapping[str, object]) -> Where | None:
    """Says where an address stands; the office as a whole where it names no place, or none that is.

    None leaves it to the act, which asks again and knows what is sent.
    """
    noun = route.removeprefix(API).partition("/")[0]
    if noun in OWN or route in BY_THE_ACT:
        return None
    name, find = PLACES.get(noun, ("", Where))
    wanted = named.get(name, named.get("pk"))
    if wanted is None:
        return OFFICE
    try:
        return find(str(wanted))
    except Refused:
        return OFFICE

"""A role for one round or area counts there alone: at every act, every address and every call."""

import ast
import re
from pathlib import Path

import pytest

from apportion.apps.people.actions import add_person
from apportion.apps.people.models import Role
from apportion.apps.people.queries import EVERYONE, PERMITS, PLACED, Where, demand, find_person, may
from apportion.core.faults import InvariantBroken
from apportion.core.refusals import Refused
from apportion.office.api.gather import all_calls
from apportion.office.places import BY_THE_ACT, OWN
from tests.apps.evidence.trial import CLAIM
from tests.apps.people.test_matrix import METHODS, OURS, SHUT, sample
from tests.apps.small_lab import GPU, HOUR, POLICY, file_request

SOURCE = Path(__file__).resolve().parents[3] / "src" / "apportion"
HERE, THERE = Where("spring", "foundations"), Where("autumn", "assistant")
BY_HAND = 2  # arguments of a demand that names no place


def limited(where):
    """Somebody who wears every hat, but in one place alone."""
    add_person(username="lim", name="Lim")
    person = find_person("lim")
    for kind in Role.Kind.values:
        Role.objects.create(person=person, kind=kind, round_slug=where.round, area_slug=where.area)
    return person


def test_every_demand_of_a_verb_that_is_done_somewhere_says_where():
    silent = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text()
        for node in ast.walk(ast.parse(text if "demand(" in text else "")):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "demand":
                continue
            named = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
            if named & PLACED and len(node.args) <= BY_HAND:
                silent.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert silent == []


@pytest.mark.parametrize("verb", sorted(PLACED))
def test_a_forgotten_place_is_our_own_fault_and_another_place_is_refused(db, verb):
    person = limited(THERE)
    with pytest.raises(InvariantBroken):
        demand(person, verb)
    assert may(person, verb, THERE)
    for other in (HERE, Where(), Where("autumn"), Where(area="assistant")):
        assert not may(person, verb, other), other
        with pytest.raises(Refused):
            demand(person, verb, other)


@pytest.mark.parametrize("verb", sorted(set(PERMITS) - PLACED))
def test_what_is_done_for_the_whole_office_needs_a_role_for_it_all(db, verb):
    person = limited(THERE)
    assert may(person, verb) is (PERMITS[verb] == EVERYONE)


@pytest.fixture
def lab(folk, spring):
    """A request, its project and an ask of it, by ann, in spring and foundations."""
    return file_request(spring, folk["ann"], "video", score=5, reviewer=folk["rev"])


def filled(route, lab):
    """Fills an address with things that are there, in spring and foundations."""
    noun = route.removeprefix("api/v1/").partition("/")[0]
    real = {"rounds": "spring", "review": "spring", "requests": lab.ref, "projects": "video"}
    if noun in real:
        route = re.sub(r"<(?:\w+:)?(?:slug|ref)>", real[noun], route, count=1)
    return sample(route)


def left_to_the_act(route):
    return route in BY_THE_ACT or route.removeprefix("api/v1/").partition("/")[0] in OWN


def test_no_address_opens_to_a_role_for_another_place(client, lab):
    client.force_login(limited(THERE))
    client.raise_request_exception = False
    opened = []
    for _, route, verb in OURS:
        if verb not in PLACED or left_to_the_act(route):
            continue
        for method in METHODS:
            answer = client.generic(method, filled(route, lab))
            if answer.status_code not in SHUT:
                opened.append((method, route, answer.status_code))
    assert opened == []


def test_addresses_of_its_own_place_open_to_a_role_for_it(client, lab):
    client.force_login(limited(Where("spring")))
    for path in (
        *(f"/rounds/spring/{page}" for page in ("", "decide/", "requests/")),
        *("/review/spring/panel/", f"/requests/{lab.ref}/", f"/requests/{lab.ref}/opinion/", "/"),
    ):
        assert client.get(path).status_code == 200, path


def test_no_call_opens_to_a_role_for_another_place(client, lab):
    client.force_login(limited(THERE))
    opened = []
    for call in all_calls():
        route = f"api/v1{call.path}"
        if call.verb not in PLACED or left_to_the_act(route):
            continue
        path = filled(re.sub(r"{(\w+)}", r"<\1>", re.sub(r"{(number|other)}", "1", route)), lab)
        answer = client.generic(call.method, path, "{}", content_type="application/json")
        if answer.status_code not in SHUT:
            opened.append((call.method, call.path, answer.status_code))
    assert opened == []


DAY = "2026-09-01T00:00:00Z"
DATES = ("requests_close_at", "decision_at", "credits_start_at", "credits_end_at")
BODIES = {
    "rounds": {"slug": "new", "policy": POLICY, "dates": dict.fromkeys(DATES, DAY)},
    "urgent-rounds": {"slug": "now", "like": "spring", "pool": {GPU: HOUR}, "why": "x"},
    "requests": {
        "round": "spring",
        "project": "video",
        "title": "x",
        "question": "x",
        "amounts": {GPU: {"minimum": HOUR, "ask": HOUR}},
    },
    "drafts": {"round": "spring", "project": "video", "title": "x"},
    "appeals": {"request": "REF", "ground": "fact", "words": "x"},
    "changes": {"what": "supplement", "project": "video", "resource": GPU, "why": "x"},
    "winddowns": {"project": "video", "reason": "x", "last_day": DAY},
    "experiments": {
        "slug": "x",
        "project": "video",
        "title": "x",
        "claim": CLAIM.format(effect=0.1),
    },
}


@pytest.mark.parametrize("noun", sorted(BODIES))
def test_an_act_that_names_its_place_in_what_is_sent_asks_there(client, lab, noun):
    client.force_login(limited(THERE))
    body = {k: lab.ref if v == "REF" else v for k, v in BODIES[noun].items()}
    answer = client.post(f"/api/v1/{noun}", body, content_type="application/json")
    assert answer.status_code == 403, answer.content
    assert answer.json()["type"].endswith("not-allowed"), answer.content


def test_every_call_that_leaves_its_place_to_the_act_is_tried():
    calls = {route.removeprefix("api/v1/") for route in BY_THE_ACT if route.startswith("api/")}
    assert calls == set(BODIES) | {"pilots"}  # judged by each project of it

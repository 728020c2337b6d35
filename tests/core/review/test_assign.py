"""Who reads what: all that can be had, evenly, by fit, and never against a bar."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.review.assign import Need, Room, assign
from apportion.core.review.fit import Reader, Topic, fits


@st.composite
def rounds(draw):
    needs, rooms = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    names = [f"r{n}" for n in range(rooms)]
    barred = [draw(st.sets(st.sampled_from(names))) if names else set() for _ in range(needs)]
    wanted = [draw(st.integers(0, 3)) for _ in range(needs)]
    read = [draw(st.integers(0, 3)) for _ in names]
    cells = st.lists(st.integers(0, 1000), min_size=rooms, max_size=rooms)
    fit = np.array([draw(cells) for _ in range(needs)], dtype=np.int64).reshape(needs, rooms)
    return (
        [
            Need(ref=f"q{n}", wanted=wanted[n], barred=dict.fromkeys(barred[n], "team"))
            for n in range(needs)
        ],
        [Room(name=name, reading=read[n], most=3) for n, name in enumerate(names)],
        fit,
    )


def most_opinions(needs, rooms):
    """The most that can be had, by augmenting paths: an oracle of another kind."""
    carries = {room.name: [] for room in rooms}
    free = {room.name: room.free for room in rooms}

    def place(ref, seen):
        need = next(one for one in needs if one.ref == ref)
        for name, carried in carries.items():
            if name in need.barred or name in seen or ref in carried:
                continue
            seen.add(name)
            if len(carried) < free[name]:
                carried.append(ref)
                return True
            for other in list(carried):
                carried.remove(other)
                if place(other, seen):
                    carried.append(ref)
                    return True
                carried.append(other)
        return False

    return sum(place(need.ref, set()) for need in needs for _ in range(need.wanted))


@settings(deadline=None, max_examples=60)
@given(rounds())
def test_a_plan_keeps_every_bound_and_gets_as_many_opinions_as_there_can_be(held):
    needs, rooms, fit = held
    plan = assign(needs, rooms, fit)
    by_ref, by_reader = Counter(p.ref for p in plan.pairs), Counter(p.reader for p in plan.pairs)
    assert len({(p.ref, p.reader) for p in plan.pairs}) == len(plan.pairs)
    assert all(by_reader[room.name] <= room.free for room in rooms)
    for need in needs:
        assert by_ref[need.ref] <= need.wanted
        assert not {p.reader for p in plan.pairs if p.ref == need.ref} & need.barred.keys()
    assert len(plan.pairs) >= most_opinions(needs, rooms)
    assert {s.ref: s.found for s in plan.short} == {
        n.ref: by_ref[n.ref] for n in needs if by_ref[n.ref] < n.wanted
    }


def test_what_is_scarce_is_shared_evenly():
    needs = [Need(ref=f"q{n}", wanted=3) for n in range(4)]
    rooms = [Room(name=f"r{n}", reading=0, most=2) for n in range(3)]
    plan = assign(needs, rooms, np.full((4, 3), 500))
    assert sorted(Counter(p.ref for p in plan.pairs).values()) == [1, 1, 2, 2]


def test_the_better_reader_reads_and_equal_readers_share_the_load():
    needs = [Need(ref=f"q{n}", wanted=1) for n in range(4)]
    rooms = [Room(name=name, reading=0, most=4) for name in ("ada", "ben")]
    plan = assign(needs, rooms, np.array([[900, 100], [900, 100], [500, 500], [500, 500]]))
    found = {p.ref: p.reader for p in plan.pairs}
    assert found == {"q0": "ada", "q1": "ada", "q2": "ben", "q3": "ben"}


def test_what_stands_in_the_way_is_told():
    needs = [Need(ref="q", wanted=3, barred={"ada": "team", "ben": "line", "gone": "team"})]
    rooms = [Room(name="ada", reading=0, most=4), Room(name="ben", reading=0, most=4)]
    rooms += [Room(name="cy", reading=4, most=4), Room(name="di", reading=0, most=4)]
    short = assign(needs, rooms, np.zeros((1, 4), dtype=np.int64)).short[0]
    assert (short.found, short.eligible, short.full) == (1, 2, 1)
    assert short.barred == {"line": 1, "team": 1}


def test_nobody_and_nothing_make_an_empty_plan():
    assert assign([], [], np.zeros((0, 0), dtype=np.int64)).pairs == ()
    plan = assign([Need(ref="q", wanted=2)], [], np.zeros((1, 0), dtype=np.int64))
    assert (plan.pairs, plan.short[0].found) == ((), 0)


def test_fit_follows_keywords_areas_and_what_was_read_before():
    topics = [
        Topic(ref="q1", words="Does replay at night stop forgetting?", area="continual"),
        Topic(ref="q2", words="Tokenizers for a second of video", area="video"),
    ]
    readers = [
        Reader(name="ada", keywords="forgetting, replay"),
        Reader(name="ben", areas=frozenset({"video"})),
        Reader(name="cy", past="How few tokens a second of video needs"),
        Reader(name="di"),
    ]
    found = fits(topics, readers)
    assert found.argmax(axis=1).tolist() == [0, 2]
    assert found[0].tolist() == [1000, 0, 0, 0]
    assert found[1, 1] == 500
    assert found[:, 3].tolist() == [0, 0]
    assert fits([], readers).shape == (0, 4)

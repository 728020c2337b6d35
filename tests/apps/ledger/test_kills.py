"""Killed without warning, again and again: what was acknowledged stands, and nothing stands half."""

import json
import os
import random
import signal
import threading
from collections import Counter

import pytest

from tests.apps.ledger.nursery import BATCH
from tests.apps.ledger.sites import open_site

KILLS = {"sqlite": 100, "postgres": 30}  # of clients, and as many of writers
SERVER_KILLS = 5
SPENDERS = 64
pytestmark = pytest.mark.slow
ON_POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


@pytest.fixture(params=["sqlite", ON_POSTGRES])
def site(request, tmp_path):
    """An office of its own, in which workers may be killed."""
    with open_site(request.param, tmp_path) as site:
        yield site


def kill_in_the_middle(site, name, first, chance):
    """Starts a worker, and kills it some moments after some acknowledgements; gives those."""
    worker, acknowledged = site.start(name, first), []
    wanted = chance.randrange(4)
    said = site.lines()
    while len(acknowledged) < wanted:
        acknowledged.append(int(next(said)))
    threading.Event().wait(chance.uniform(0, 0.02))
    os.kill(worker, signal.SIGKILL)
    return acknowledged + [int(line) for line in said]


def test_clients_that_are_killed_in_the_middle_of_batches_lose_nothing(site):
    acknowledged, chance = {0}, random.Random(1)
    site.do("take_in", 0, BATCH, 0)  # the first batch, whole
    for _ in range(
        KILLS[site.kind]
    ):  # each begins with what the last one knew to be taken: a lost reply
        acknowledged.update(kill_in_the_middle(site, "batches", max(acknowledged) + 1, chance))
    ids, _, differences, _ = site.look()
    standing = Counter(number // BATCH for number in ids)
    lost = acknowledged - set(standing)
    assert (len(lost), differences) == (0, [])
    assert set(standing.values()) == {BATCH}  # each batch is there whole


def test_writers_that_are_killed_while_many_call_lose_nothing(site):
    acknowledged, chance = {0}, random.Random(2)
    site.do("take_in", 0, 1, 0)
    for _ in range(KILLS[site.kind]):
        acknowledged.update(kill_in_the_middle(site, "callers", max(acknowledged) + 1, chance))
    ids, balances, differences, _ = site.look()
    lost = acknowledged - set(ids)
    assert (len(lost), differences, sum(balances.values())) == (0, [], 0)


@pytest.mark.postgres
def test_a_server_that_is_killed_in_the_middle_of_batches_loses_nothing(tmp_path):
    acknowledged, chance = {-1}, random.Random(3)
    with open_site("postgres", tmp_path) as site:
        for _ in range(SERVER_KILLS):
            site.start("batches", max(acknowledged) + 1)
            said = site.lines()
            for _ in range(chance.randrange(1, 6)):
                acknowledged.add(int(next(said)))
            threading.Event().wait(chance.uniform(0, 0.02))
            site.kill_server()
            *more, failed = said
            assert failed.startswith("failed")
            acknowledged.update(map(int, more))
        ids, _, differences, _ = site.look()
    standing = Counter(number // BATCH for number in ids)
    lost = acknowledged - set(standing) - {-1}
    assert (len(lost), differences, set(standing.values())) == (0, [], {BATCH})


def test_sixty_four_processes_that_spend_at_once_spend_what_there_is_and_no_more(site):
    said = Counter(site.do("spend", SPENDERS))
    assert said == {"taken": 14, "NOT_ENOUGH": SPENDERS - 14}
    _, balances, differences, _ = site.look()
    assert (sorted(balances.values()), differences) == ([-100, 2, 98], [])


def test_a_writer_that_was_taken_for_dead_and_comes_back_writes_no_more(site):
    old = site.start("pause", 0)
    said = site.lines()
    assert [next(said) for _ in range(3)] == ["0", "1", "2"]
    with site.beside() as successor:
        assert successor.do("succeed", 50) == ["50"]
    os.kill(old, signal.SIGCONT)
    told = list(said)
    assert len(told) == 3
    assert all("another writer took over" in line for line in told)
    ids, _, differences, _ = site.look()
    assert (ids, differences) == ([0, 1, 2, 50], [])


def test_books_restored_from_an_old_copy_converge_and_their_fork_shows(site):
    site.do("take_in", 0, 300, 1)
    site.back_up()
    site.do("take_in", 200, 600, 2)
    [seen] = site.do("sign")
    size, root = json.loads(seen)  # what a witness keeps
    ids, balances, _, same_root = site.look(size)
    assert same_root == root
    site.restore()
    assert len(site.look()[0]) == 300
    site.do("take_in", 0, 600, 3)
    site.do("sign")
    again, same_balances, differences, other_root = site.look(size)
    assert (again, same_balances, differences) == (ids, balances, [])
    assert other_root != root  # the witness is shown another past, and signs no more

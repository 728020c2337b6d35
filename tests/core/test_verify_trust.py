"""A policy of trust says whose signatures make a checkpoint good, and one bad line is named."""

import pytest

from apportion.core.journal.notes import make_key
from apportion.core.verify.facts import Untrue
from apportion.core.verify.notes import LOG_KEY, WITNESS_KEY
from apportion.core.verify.trust import parse_trust

LOG = make_key(name="lab.example/journal", kind=LOG_KEY, seed=b"l" * 32).key
X1, X2, X3, Y1, Y2 = (
    make_key(name=f"w{n}.example", kind=WITNESS_KEY, seed=bytes([n]) * 32).key for n in range(5)
)
POLICY = f"""# who must have seen it
log {LOG}
witness X1 {X1}
witness X2 {X2} https://x2.example/
\twitness  X3 {X3}
group X 2 X1 X2 X3

witness Y1 {Y1}
witness Y2 {Y2}
group Y any Y1 Y2
group both all X Y
quorum both
"""


@pytest.mark.parametrize(
    ("signed", "met"),
    [
        ((), False),
        ((X1, X2), False),
        ((X1, Y1), False),
        ((X1, X3, Y2), True),
        ((X1, X2, X3, Y1, Y2), True),
    ],
)
def test_a_quorum_of_groups_is_met_when_enough_of_each_have_signed(signed, met):
    trust = parse_trust(POLICY)
    assert trust.logs == (LOG,)
    assert trust.is_met(signed) is met


def test_a_quorum_of_nobody_is_always_met():
    assert parse_trust(f"log {LOG}\nquorum none\n").is_met(())


def test_a_quorum_may_be_one_witness():
    trust = parse_trust(f"witness X1 {X1}\nquorum X1\n")
    assert trust.is_met([X1])
    assert not trust.is_met([X2])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no line says the quorum"),
        ("quorum none\nquorum none\n", "line 2: the quorum is said twice"),
        ("quorum X\n", "line 1: no line above names X"),
        (f"log {X1}\n", "line 1: this is not the key of a log"),
        (f"witness A {LOG}\n", "line 1: this is not the key of a witness"),
        (f"log {LOG}\nlog {LOG}\n", "line 2: the log is listed twice"),
        (f"witness A {X1}\nwitness B {X1}\n", "line 2: the witness is listed twice"),
        (f"witness A {X1}\nwitness A {X2}\n", "line 2: the name A is taken"),
        (f"witness none {X1}\n", "line 1: the name none is taken"),
        (f"witness A {X1}\ngroup G 2 A\n", "line 2: '2' of 1 members cannot sign"),
        (f"witness A {X1}\ngroup G 0 A\n", "line 2: '0' of 1 members cannot sign"),
        (f"witness A {X1}\ngroup G ² A\n", "line 2: '²' of 1 members cannot sign"),
        (f"witness A {X1}\ngroup G any A A\n", "line 2: A stands in two places"),
        (f"witness A {X1}\ngroup G any A\ngroup H any A\n", "line 3: A stands in two places"),
        ("group G any A\n", "line 1: no line above names A"),
        ("witness A\n", "line 1: a line of witness has other words"),
        ("trust A\n", "line 1: 'trust' is none of"),
        ("log lab+00000000+AAAA\n", "line 1: the key of lab has a wrong length"),
    ],
)
def test_a_line_that_is_wrong_is_named(text, fault):
    with pytest.raises(Untrue) as told:
        parse_trust(text)
    assert str(told.value).startswith(fault)

"""The rules of the books: who may pay whom, and what a batch of transfers comes to.

A transfer takes one positive integer amount from one account to another of the same unit.
Nothing here knows a database: what stands comes in, outcomes and changes go out.
"""

from apportion.core.ledger.accounts import Account, Counters, Key, Kind, new_account, total_by_unit
from apportion.core.ledger.rules import (
    Posted,
    Together,
    World,
    effects,
    post_batch,
    post_calls,
    says_the_same,
)
from apportion.core.ledger.transfers import (
    BY_NUMBER,
    RELEASES,
    Standing,
    Transfer,
    TransferCode,
    expire_hold,
    post_hold,
    reversal,
    void_hold,
)

__all__ = [
    "BY_NUMBER",
    "RELEASES",
    "Account",
    "Counters",
    "Key",
    "Kind",
    "Posted",
    "Standing",
    "Together",
    "Transfer",
    "TransferCode",
    "World",
    "effects",
    "expire_hold",
    "new_account",
    "post_batch",
    "post_calls",
    "post_hold",
    "reversal",
    "says_the_same",
    "total_by_unit",
    "void_hold",
]

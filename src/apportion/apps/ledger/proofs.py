"""Proofs drawn from the stored tiles: a few blocks of 256 are read, never the whole journal."""

from dataclasses import dataclass

from apportion.apps.ledger.leaves import read_leaves
from apportion.apps.ledger.models import Tile
from apportion.apps.ledger.queries import tip
from apportion.core import journal
from apportion.core.journal import TILE_HEIGHT, Subtrees

WIDTH = 2**TILE_HEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a leaf stands in the journal of this size and root."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    size: int
    root: bytes


def prove_leaf(index: int, *, size: int | None = None) -> Proof:
    """Proves one leaf in the journal as it stands, or as it stood at a size.

    Raises: IndexError where there is no such leaf.
    """
    size = tip().size if size is None else size
    subtrees = stored_subtrees(size)
    path = journal.prove_inclusion(subtrees, index=index, size=size)
    root = journal.root_at(subtrees, size)
    return Proof(leaf=subtrees(0, index), index=index, path=path, size=size, root=root)


def stored_subtrees(size: int) -> Subtrees:
    """Serves the subtrees of the journal's first `size` leaves; each block is read once."""
    blocks: dict[tuple[int, int], Subtrees] = {}

    def subtree(level: int, index: int) -> bytes:
        tiles, rest = divmod(level, TILE_HEIGHT)
        block = index >> TILE_HEIGHT - rest
        if (tiles, block) not in blocks:
            blocks[tiles, block] = journal.subtrees_of(_read_block(tiles, block, size))
        return blocks[tiles, block](rest, index - (block << TILE_HEIGHT - rest))

    return subtree


def _read_block(level: int, block: int, size: int) -> list[bytes]:
    """Reads up to 256 neighbours: leaves where the level is 0, tiles of that level otherwise."""
    low, high = block * WIDTH, min((block + 1) * WIDTH, size >> level * TILE_HEIGHT)
    if level == 0:
        return read_leaves(low, high)
    rows = Tile.objects.filter(level=level, place__gte=low, place__lt=high).order_by("place")
    return [bytes(root) for root in rows.values_list("root", flat=True)]

"""Taking over a cluster that was run by hand: which accounts become projects, with whom and what."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from apportion.core.enforce.names import association_of, is_account, is_user
from apportion.core.enforce.tree import Minutes, Tree
from apportion.core.ids import ProjectId


class Fate(StrEnum):
    """What becomes of an account."""

    NEW = "becomes a project"
    KNOWN = "is a project already"
    POOL = "stays an account above others"
    UNNAMED = "stays as it is: its name cannot be a project's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """One account and what becomes of it.

    Units: minutes of one unit; a limit becomes as much credit, for counted usage stays counted.
    """

    account: str
    parent: str
    fate: Fate
    members: tuple[str, ...]
    left_out: tuple[str, ...]  # users whose names cannot be Unix accounts
    minutes: Minutes
    used: Minutes


def plan_takeover(
    tree: Tree, *, known: Collection[ProjectId], under: str = ""
) -> tuple[Takeover, ...]:
    """Says of every account under one, or of all, what would become of it; by name.

    An account with others below it is a pool: jobs of several projects count against it.
    """
    parents = {there.parent for there in tree.associations.values()}
    projects = {association_of(project) for project in known}
    return tuple(
        Takeover(
            account=name,
            parent=there.parent,
            fate=_fate(name, parents=parents, projects=projects),
            members=tuple(sorted(user for user in there.members if is_user(user))),
            left_out=tuple(sorted(user for user in there.members if not is_user(user))),
            minutes=there.minutes,
            used=there.used,
        )
        for name, there in sorted(tree.associations.items())
        if name != "root" and (not under or _stands_under(tree, name, under))
    )


def _fate(name: str, *, parents: set[str], projects: set[str]) -> Fate:
    if name in projects:
        return Fate.KNOWN
    if name in parents:
        return Fate.POOL
    return Fate.NEW if is_account(name) else Fate.UNNAMED


def _stands_under(tree: Tree, name: str, above: str) -> bool:
    seen: set[str] = set()
    while name in tree.associations and name not in seen:
        seen.add(name)
        name = tree.associations[name].parent
        if name == above:
            return True
    return False

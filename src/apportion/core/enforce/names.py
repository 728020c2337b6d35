"""Names that may reach a scheduler: checked by us, for Slurm takes any text and bends it."""

import re

from apportion.core.ids import ProjectId

ACCOUNT = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
TAKEN = "root"  # Slurm's own account, above all others


def association_of(project: ProjectId) -> str:
    """Names a project's association: Slurm keeps account names in lower case."""
    return project.lower()


def is_account(name: str) -> bool:
    """Says whether a name may be an account that the office orders things for."""
    return name != TAKEN and ACCOUNT.fullmatch(name) is not None


def is_word(name: str) -> bool:
    """Says whether a name of a cluster, QOS or parent account may be part of an order."""
    return ACCOUNT.fullmatch(name) is not None


def is_user(name: str) -> bool:
    """Says whether a name may be a Unix account."""
    return USER.fullmatch(name) is not None

"""`apportion decide` and `apportion verify` on plain files, `apportion slate` in the office."""

import typer

from apportion.apps.decide.on_decisions import register_decisions
from apportion.apps.decide.on_files import register_files
from apportion.apps.decide.planning_commands import register_planning
from apportion.apps.decide.seeds import register_seeds
from apportion.apps.decide.slates import slates


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    register_files(app)
    register_decisions(app)
    register_seeds(app)
    register_planning(slates)
    app.add_typer(slates, name="slate")

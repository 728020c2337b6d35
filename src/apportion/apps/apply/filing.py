"""A request from a file: the same draft that the page would have made."""

from datetime import datetime

from apportion.adapters.files.parse_request import RequestFile, parse_request
from apportion.apps.apply.actions import demand_open, move_draft, start_draft
from apportion.apps.apply.drafts import Saved, keep_words
from apportion.apps.apply.queries import Request, find_project
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round, call_of, policy_of


def import_request(
    *, round_row: Round, data: bytes, file: str, by: Person, now: datetime
) -> Request:
    """Makes a draft of a request.toml; the draft can then be read over, changed and submitted.

    Refuses: what starting a draft refuses.
    Raises: BadInput, with every fault of the file.
    """
    found = _read(round_row, data, file)
    demand_open(round_row, now)
    project = find_project(found.project)
    return start_draft(round_row=round_row, project=project, content=found.content, by=by, now=now)


def edit_from_file(
    *, row: Request, data: bytes, file: str, base: int | None, by: Person, now: datetime
) -> Saved:
    """Saves a request.toml over a draft that was last seen at version `base`.

    Refuses: what keeping words refuses.
    Raises: BadInput, with every fault of the file.
    """
    found = _read(row.round, data, file)
    if found.project != row.project.slug:
        row = move_draft(row=row, to=find_project(found.project), by=by, now=now)
    return keep_words(row=row, content=found.content, base=base, by=by, now=now)


def _read(round_row: Round, data: bytes, file: str) -> RequestFile:
    resources = {str(code): resource for code, resource in policy_of(round_row).resources.items()}
    questions = call_of(round_row).questions
    return parse_request(data, file, resources=resources, questions=questions)

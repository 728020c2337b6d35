"""`apportion request`, the verbs of drafts: begin, edit, import, compare, attach, show."""

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from apportion.adapters.files.client import read_whole
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply import attaching, drafts, filing
from apportion.apps.apply.actions import move_draft, start_draft
from apportion.apps.apply.commands import AS, requests
from apportion.apps.apply.queries import Request, find_project, find_request
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import call_of, find_round, policy_of
from apportion.core.apply.content import field_names
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Code, Refusal, Refused

FILE = typer.Argument(..., exists=True, dir_okay=False, help="request.toml")


def register(app: typer.Typer) -> None:
    """Adds nothing more: importing this file hung the verbs on `request` and `project`."""


@requests.command("draft")
def draft(
    ctx: typer.Context,
    round_slug: str = typer.Option(..., "--round", help="The round."),
    project: str = typer.Option(..., help="The project's slug."),
    title: str = typer.Option(..., help="A few words."),
    by: str = AS,
) -> None:
    """Begin a draft; it is written on its page, or from a file."""
    row = start_draft(
        round_row=find_round(round_slug),
        project=find_project(project),
        content={"title": title},
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{row.ref}: draft, version {row.version}")


@requests.command("import")
def import_file(
    ctx: typer.Context,
    file: Path = FILE,
    round_slug: str = typer.Option(..., "--round", help="The round."),
    by: str = AS,
) -> None:
    """Make a draft of a request.toml."""
    row = filing.import_request(
        round_row=find_round(round_slug),
        data=read_whole(file),
        file=str(file),
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{row.ref}: draft, version {row.version}")


@requests.command("edit")
def edit(
    ctx: typer.Context,
    ref: str,
    file: Path | None = typer.Option(None, "--file", exists=True, help="request.toml to save."),
    words: list[str] = typer.Option([], "--set", help="FIELD=TEXT, such as title=Depth."),
    version: int | None = typer.Option(None, help="The version seen last; none overwrites."),
    by: str = AS,
) -> None:
    """Save over a draft; what others saved since that version is kept beside it."""
    row, person, now = find_request(ref), find_person(by), ctx.obj.now()
    if file is not None:
        saved = filing.edit_from_file(
            row=row, data=read_whole(file), file=str(file), base=version, by=person, now=now
        )
    else:
        known = field_names(list(policy_of(row.round).pool), _asked(row))
        content = dict(_field(word, known) for word in words)
        saved = drafts.keep_words(row=row, content=content, base=version, by=person, now=now)
    if saved.clashes:
        remedy = "Theirs stands, yours is kept aside: apportion request diff REF. Fields: "
        remedy += ", ".join(clash.field for clash in saved.clashes)
        raise Refused([Refusal(code=Code.STALE_DRAFT, subject=ref, remedy=remedy)])
    typer.echo(f"{ref}: saved, version {saved.row.version}")


@requests.command("diff")
@listing("field", "before", "after")
def diff(
    ref: str,
    before: int | None = typer.Option(None, "--from", help="A version; the one before by default."),
    after: int | None = typer.Option(None, "--to", help="A version; the latest by default."),
) -> list[Row]:
    """Show what changed between two versions, field by field."""
    row = find_request(ref)
    last = row.version if after is None else after
    first = max(last - 1, 0) if before is None else before
    return [
        {"field": one.field, "before": one.before, "after": one.after}
        for one in drafts.compare_versions(row, first, last)
    ]


@requests.command("versions")
@listing("number", "saved_at", "saved_by", "set_aside")
def versions(ref: str) -> list[Row]:
    """List the versions of a request, the latest first."""
    return [
        {
            "number": one.number,
            "saved_at": one.saved_at,
            "saved_by": one.saved_by.username,
            "set_aside": one.set_aside,
        }
        for one in drafts.versions_of(find_request(ref))
    ]


@requests.command("show")
def show(ref: str, as_json: bool = typer.Option(False, "--json", help="As JSON.")) -> None:
    """Show what a request says, field by field, with its files and who did what."""
    row = find_request(ref)
    content = drafts.content_of(row)
    if not as_json:
        typer.echo(f"{row.ref}: {row.get_state_display().lower()}, version {row.version}")
        typer.echo("\n".join(f"{name}: {_plain(text)}" for name, text in content.items() if text))
        return
    facts = {
        "ref": row.ref,
        "round": row.round.slug,
        "project": row.project.slug,
        "kind": row.kind,
        "state": row.state,
        "version": row.version,
        "content": content,
        "files": [
            {"name": one.name, "kind": one.kind, "size": one.size, "sha256": one.sha256}
            for one in attaching.attachments_of(row)
        ],
        "steps": [
            {
                "verb": step.verb,
                "by": step.by.username,
                "at": step.at.isoformat(),
                "note": step.note,
            }
            for step in drafts.last_steps(row)
        ],
    }
    typer.echo(json.dumps(facts, indent=1, ensure_ascii=False))


@requests.command("attach")
def attach(
    ctx: typer.Context,
    ref: str,
    file: Path = typer.Argument(..., exists=True, dir_okay=False),
    by: str = AS,
) -> None:
    """Attach a file to a draft."""
    kept = attaching.attach_file(
        row=find_request(ref),
        name=file.name,
        body=read_whole(file),
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{ref}: {kept.name}, {kept.size:,} bytes, {kept.kind}")


@requests.command("ask-reader")
def ask_reader(
    ctx: typer.Context,
    ref: str,
    who: str = typer.Option(..., help="The colleague, by sign-in name."),
    words: str = typer.Option("", help="What they are asked to look at."),
    by: str = AS,
) -> None:
    """Ask a colleague to read a draft; they write it too from then on."""
    asked = drafts.ask_to_read(
        row=find_request(ref),
        person=find_person(who),
        words=words,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{ref}: {asked.person.username} is asked to read it")


@requests.command("move")
def move(
    ctx: typer.Context,
    ref: str,
    round_slug: str = typer.Option(..., "--round", help="A round that is open."),
    by: str = AS,
) -> None:
    """Move a draft into another round."""
    row = move_draft(
        row=find_request(ref), to=find_round(round_slug), by=find_person(by), now=ctx.obj.now()
    )
    typer.echo(f"{ref}: a draft for {row.round.slug}")


def _asked(row: Request) -> list[str]:
    return [question.id for question in call_of(row.round).questions]


def _field(word: str, known: Sequence[str]) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals or name not in known:
        remedy = f"Write FIELD=TEXT; the fields are {', '.join(known)}"
        raise BadInput([Fault(file="--set", what="not a field", value=word, remedy=remedy)])
    return name, text


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)

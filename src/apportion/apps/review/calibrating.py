"""`apportion review model`: the reviewers of a round as a model, from the office or from a file."""

import json
from pathlib import Path

import typer

from apportion.adapters.files.client import read_whole
from apportion.adapters.files.parse import parse_reviews
from apportion.adapters.files.render_calibration import calibration_text, calibration_values
from apportion.apps.review.queries import calibration_of
from apportion.apps.rounds.queries import find_round
from apportion.core.review.calibration import Calibration, calibrate

ROUND = typer.Argument("", help="The round; or name a file.")
REVIEWS = typer.Option(None, "--reviews", help="Opinions on file: request,reviewer,panel,score.")
AS_JSON = typer.Option(False, "--json", help="As JSON.")


def show_model(
    round_slug: str = ROUND, *, reviews_file: Path | None = REVIEWS, as_json: bool = AS_JSON
) -> None:
    """Show how sure scores are: what reviewers differ by, an interval per request."""
    calibration = _calibration(round_slug, reviews_file)
    if as_json:
        typer.echo(json.dumps(calibration_values(calibration), indent=1, ensure_ascii=False))
    else:
        typer.echo(calibration_text(calibration))


def _calibration(round_slug: str, file: Path | None) -> Calibration:
    if bool(round_slug) is (file is not None):
        raise typer.BadParameter("name a round, or a file with --reviews")
    if file is not None:
        return calibrate(parse_reviews(read_whole(file), str(file)))
    return calibration_of(find_round(round_slug).slug)

"""Appeals as rows, for files and the command line."""

from collections.abc import Iterable

from apportion.apps.appeal.queries import Appeal


def appeal_rows(rows: Iterable[Appeal]) -> list[dict[str, object]]:
    """Writes appeals as rows, without what was written in them."""
    return [
        {
            "ref": row.ref,
            "request": row.request.ref,
            "area": row.request.project.area.slug,
            "ground": row.ground,
            "state": row.state,
            "filed_at": row.filed_at.isoformat(),
            "answer_by": row.answer_by_at.isoformat(),
            "over_at": row.over_at.isoformat() if row.over_at else "",
        }
        for row in rows
    ]

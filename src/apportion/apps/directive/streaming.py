"""Pages that tell how far a long piece of work is: it runs in a thread, the page grows with it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

from apportion.apps.people.gates import Visit
from apportion.core.refusals import Refused

MARK = "<!-- what is done -->"
Tell = Callable[[str], object]


def stream_page(
    request: Visit,
    template: str,
    context: dict[str, Any],
    *,
    work: Callable[[Tell], Any],
    finish: Callable[[Any], str],
) -> StreamingHttpResponse:
    """Sends the page up to its mark, a line for each step that is done, then what `finish` writes.

    `work` runs in a thread of its own and touches no table; `finish` runs here. A refusal of
    either is told where the result would stand.
    """
    head, _, tail = render_to_string(template, context, request).partition(MARK)
    pages = _pieces(head, tail, work, finish)
    response = StreamingHttpResponse(pages, content_type="text/html; charset=utf-8")
    response["X-Accel-Buffering"] = "no"  # nginx would wait for the whole page
    response["Cache-Control"] = "no-store"
    return response


def _pieces(
    head: str, tail: str, work: Callable[[Tell], Any], finish: Callable[[Any], str]
) -> Iterator[str]:
    yield head
    told: SimpleQueue[str | None] = SimpleQueue()
    pool = ThreadPoolExecutor(1)
    try:
        result = pool.submit(work, told.put)
        result.add_done_callback(lambda _: told.put(None))
        while (step := told.get()) is not None:
            yield format_html("<li>{}</li>\n", step)
        yield "</ol>"
        yield finish(result.result())
    except Refused as refused:
        for refusal in refused.refusals:
            yield format_html('<div class="note no" role="alert">{}</div>', str(refusal))
    finally:
        pool.shutdown(wait=False)  # who left does not wait for what nobody reads
    yield tail

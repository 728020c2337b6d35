"""Trying again: where it can help, as long as it was told, and with the same key."""

import http.server
import json
import threading

import pytest

from apportion_client import Office, Patience, Problem, Unavailable

BUSY = (503, {"Retry-After": "7", "Content-Type": "application/problem+json"}, {"status": 503})
DROP = None
DONE = (200, {"Content-Type": "application/json"}, {"ref": "R-1", "state": "submitted"})


@pytest.fixture
def scripted():
    """Starts a server on loopback that answers as it was told, in turn; None drops the line."""
    answers, seen = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.path, dict(self.headers), body))
            answer = answers.pop(0)
            if answer is DROP:
                self.close_connection = True
                return
            status, headers, told = answer
            raw = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST  # noqa: N815  http.server names it so

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    waits = []

    def script(*told):
        answers[:] = told
        patience = Patience(sleep=waits.append, jitter=lambda: 1.0)
        return Office(f"http://127.0.0.1:{server.server_port}", "apn_x", patience=patience)

    yield script, seen, waits
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_act_is_sent_again_with_the_same_key_until_it_is_answered(scripted):
    script, seen, waits = scripted
    with script(BUSY, DROP, DROP, DONE) as office:
        assert office.call("POST", "/requests/R-1/submit")["state"] == "submitted"
    keys = {headers["Idempotency-Key"] for _, headers, _ in seen}
    assert (len(seen), len(keys)) == (4, 1)
    assert waits == [7.0, 1.0, 2.0]  # as told, then twice as long each time


def test_each_act_has_a_key_of_its_own_and_reads_have_none(scripted):
    script, seen, _ = scripted
    with script(DONE, DONE, DONE) as office:
        office.call("POST", "/a")
        office.call("POST", "/a")
        office.call("GET", "/a")
    keys = [headers.get("Idempotency-Key") for _, headers, _ in seen]
    assert len(set(keys[:2])) == 2
    assert keys[2] is None


def test_a_call_is_given_up_when_nobody_answers(scripted):
    script, seen, waits = scripted
    with script(*[DROP] * 5) as office, pytest.raises(Unavailable):
        office.call("GET", "/rounds")
    assert (len(seen), len(waits)) == (5, 4)


def test_a_problem_is_told_after_the_last_attempt(scripted):
    script, _, _ = scripted
    with script(*[BUSY] * 5) as office, pytest.raises(Problem) as told:
        office.call("GET", "/rounds")
    assert told.value.exit_code == 69


def test_what_is_refused_is_not_sent_again(scripted):
    script, seen, _ = scripted
    refused = (409, {"Content-Type": "application/problem+json"}, {"status": 409, "detail": "No."})
    with script(refused) as office, pytest.raises(Problem) as told:
        office.call("POST", "/a")
    assert (len(seen), told.value.exit_code, str(told.value)) == (1, 5, "No.")


def test_a_call_that_is_still_at_work_is_waited_for(scripted):
    script, seen, waits = scripted
    with script((409, {"Retry-After": "1"}, {"status": 409}), DONE) as office:
        office.call("POST", "/a")
    assert (len(seen), waits) == (2, [1.0])


@pytest.mark.parametrize(
    "stranger",
    [
        (302, {"Location": "http://elsewhere.example/"}, {}),
        (200, {"Content-Type": "application/json"}, b"{"),
        (404, {"Content-Type": "text/html"}, b"<h1>\x1b[31mnginx</h1>"),
        (500, {}, b"\xff\xfe"),
    ],
)
def test_an_answer_that_no_office_gives_is_told_as_such_and_the_token_stays(scripted, stranger):
    script, seen, _ = scripted
    with script(stranger) as office, pytest.raises(Unavailable) as told:
        office.call("GET", "/rounds")
    assert "\x1b" not in str(told.value)
    assert "apn_x" not in str(told.value) + repr(office)
    assert len(seen) == 1


def test_rows_are_asked_for_page_by_page_as_they_are_needed(scripted):
    script, seen, _ = scripted
    kind = {"Content-Type": "application/json"}
    first = (200, kind, {"items": [{"n": 1}, {"n": 2}], "next_cursor": "on"})
    last = (200, kind, {"items": [{"n": 3}], "next_cursor": None})
    with script(first, last) as office:
        rows = office.rows("/numbers", of="a b")
        assert next(rows) == {"n": 1}
        assert len(seen) == 1
        assert [row["n"] for row in rows] == [2, 3]
    assert [path for path, _, _ in seen] == [
        "/api/v1/numbers?limit=200&of=a+b",
        "/api/v1/numbers?limit=200&of=a+b&cursor=on",
    ]

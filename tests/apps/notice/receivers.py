"""A mail server and a web server on loopback that do as they are told, for tests of notices."""

import socket
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps what it takes; `says` gives the answer to each recipient, in turn, then all is well."""

    def __init__(self):
        self.mails, self.says = [], []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802  aiosmtpd calls it so
        said = self.says.pop(0) if self.says else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd calls it so
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 taken"


@contextmanager
def mail_server(*, box=None, kind="smtp", make=Controller, **more):
    """Starts a real SMTP server; gives its mailbox and address."""
    box = box or Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = make(box, hostname="127.0.0.1", port=port, **more)
    server.start()
    try:
        yield box, f"{kind}://127.0.0.1:{port}"
    finally:
        server.stop()


class Receiver:
    """Keeps each call; `says` gives the status of each answer, in turn, then 204."""

    def __init__(self):
        self.calls, self.says, self.location = [], [], ""


@contextmanager
def web_server():
    """Starts a web server that keeps what is posted to it; gives it and its address."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.calls.append((self.path, dict(self.headers), body))
            self.send_response(receiver.says.pop(0) if receiver.says else 204)
            if receiver.location:
                self.send_header("location", receiver.location)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815  the web server calls it so

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

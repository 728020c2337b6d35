"""Hands mail to the site's server: the only place where the office speaks SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from apportion.adapters.mail.parse import Privacy, Server
from apportion.core.faults import WorldError
from apportion.core.notice.trying import Answer, Verdict
from apportion.core.notice.wording import one_line

PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Line:
    """An open line to a server; it is opened again where the server hung up."""

    server: Server
    smtp: smtplib.SMTP

    def send(self, body: bytes, *, sender: str, to: str) -> Answer:
        """Hands over one mail, and tells what the server said.

        Raises: WorldError where the server is gone: then the others need not be tried either.
        """
        for _ in range(2):  # one that hung up since the last mail is called once more
            try:
                self.smtp.sendmail(sender, [to], body)
            except smtplib.SMTPServerDisconnected:
                self.smtp = _open(self.server)
            except smtplib.SMTPException as error:
                return _said(error)
            except OSError as error:
                raise _gone(self.server, error) from error
            else:
                return Answer(verdict=Verdict.SENT, words="taken by the mail server")
        return Answer(verdict=Verdict.LATER, words="the mail server hung up")


@contextmanager
def mail_line(server: Server) -> Iterator[Line]:
    """Opens a line to a server and closes it.

    Raises: WorldError where the server does not answer or takes no mail from us.
    """
    line = Line(server=server, smtp=_open(server))
    try:
        yield line
    finally:
        with suppress(smtplib.SMTPException, OSError):
            line.smtp.quit()


def _open(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    smtp: smtplib.SMTP | None = None
    try:
        if server.privacy is Privacy.TLS:
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
        if server.privacy is Privacy.STARTTLS:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
    except (smtplib.SMTPException, OSError) as error:
        if smtp is not None:
            smtp.close()
        raise _gone(server, error) from error
    return smtp


def _said(error: smtplib.SMTPException) -> Answer:
    """A number from 500 on is a no for good; all else is tried again."""
    code, words = 0, str(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, raw = next(iter(error.recipients.values()))
        words = _read(raw)
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, _read(error.smtp_error)
    verdict = Verdict.NEVER if 500 <= code < 600 else Verdict.LATER
    return Answer(verdict=verdict, words=one_line(f"{code or ''} {words}", longest=300))


def _read(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _gone(server: Server, error: Exception) -> WorldError:
    said = one_line(str(error), longest=200)
    return WorldError(f"{server.host}:{server.port} takes no mail: {said}", retryable=True)

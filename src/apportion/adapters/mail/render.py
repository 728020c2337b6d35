"""One mail as bytes: plain text and the same as HTML."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from apportion.core.notice.wording import clean_body, one_line

LOOK = "font:16px/1.5 Georgia,serif;max-width:40em;margin:1em auto;padding:0 1em"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What is written to whom. Shape: `to` and `sender` are plain addresses, checked before."""

    to: str
    sender: str
    sender_name: str
    subject: str
    text: str
    uid: str  # the same at every try, so that a mail that came twice can be told
    sent_at: datetime
    site: str = ""  # where links lead; only these are links
    unsubscribe: str = ""


def render_mail(mail: Mail) -> bytes:
    """Writes a mail in two versions, with the headers that let machines deal with it.

    Source: RFC 5322; RFC 8058 for unsubscribing with one click; RFC 3834 for Auto-Submitted.
    """
    message = EmailMessage(policy=SMTP)
    host = mail.sender.rpartition("@")[2]
    name = one_line(mail.sender_name, longest=60).replace('"', "'").replace("\\", "/")
    message["From"] = f'"{name}" <{mail.sender}>' if name else mail.sender
    message["To"] = mail.to
    message["Subject"] = one_line(mail.subject) or "News"
    message["Date"] = format_datetime(mail.sent_at)
    message["Message-ID"] = f"<{mail.uid}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    text = clean_body(mail.text)
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text += f"\n\n-- \nNo more of these:\n{mail.unsubscribe}"
    message.set_content(f"{text}\n", cte="quoted-printable")
    message.add_alternative(
        render_html(one_line(mail.subject), text, site=mail.site),
        subtype="html",
        cte="quoted-printable",
    )
    message.set_boundary(f"part-{mail.uid}")  # the same mail is the same bytes
    return message.as_bytes()


def render_html(title: str, text: str, *, site: str) -> str:
    """Writes a plain text as HTML; what stands alone on a line and leads to the site is a link."""
    paragraphs = "".join(
        f"<p>{'<br>'.join(_line(line, site) for line in block.splitlines())}</p>"
        for block in text.split("\n\n")
        if block.strip()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'</head><body><div style="{LOOK}">{paragraphs}</div></body></html>'
    )


def _line(line: str, site: str) -> str:
    said = escape(line)
    is_link = bool(site) and line.startswith(f"{site}/") and " " not in line
    return f'<a href="{said}">{said}</a>' if is_link else said

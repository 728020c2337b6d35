"""A sender that is really killed in the middle: nothing is lost, and what came twice can be told."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.apps.ledger.sites import make_empty_books
from tests.apps.notice.receivers import Mailbox, mail_server

ROOT = Path(__file__).resolve().parents[3]
FIRST = """
import django, sys; sys.path[:0] = ["src", "."]; django.setup()
from apportion.apps.notice.composing import compose
from apportion.apps.notice.sending import deliver_due
from apportion.apps.people.actions import add_person
from tests.apps.notice.test_mail import news
from tests.apps.small_lab import NOW
for name in ("ann", "bob", "eve"):
    person = add_person(username=name, name=name)
    person.email = f"{name}@lab.example"
    person.save()
    news(person, key=name)
compose(now=NOW)
deliver_due(now=NOW, clock=lambda: NOW)
"""
THEN = """
import django, sys; sys.path[:0] = ["src", "."]; django.setup()
from datetime import timedelta
from apportion.apps.notice.models import Attempt, Message
from apportion.apps.notice.sending import deliver_due
from tests.apps.small_lab import NOW
for minutes in (1, 11, 60):
    at = NOW + timedelta(minutes=minutes)
    print(sum(deliver_due(now=at, clock=lambda: at).values()))
print(sorted(Message.objects.values_list("state", "tries")), Attempt.objects.count())
"""


class Killer(Mailbox):
    """Takes a mail, and kills who brought it before it can hear so."""

    victim = None

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd calls it so
        said = await super().handle_DATA(server, session, envelope)
        if len(self.mails) == 2:
            os.kill(self.victim.pid, signal.SIGKILL)
        return said


@pytest.mark.slow
def test_a_sender_killed_before_it_hears_that_a_mail_was_taken_loses_none_and_names_the_double(
    tmp_path,
):
    shutil.copy(make_empty_books(), tmp_path)
    box = Killer()
    with mail_server(box=box) as (_, url):
        env = {
            "APPORTION_DATA": str(tmp_path),
            "APPORTION_MAIL": url,
            "APPORTION_MAIL_FROM": "credits@lab.example",
            "DJANGO_SETTINGS_MODULE": "apportion.office.settings",
        }

        def python(code):
            command = [sys.executable, "-c", code]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
            box.victim = subprocess.Popen(command, cwd=ROOT, env=env, **pipes)
            out, wrong = box.victim.communicate()
            return box.victim.returncode, out, wrong

        assert python(FIRST)[0] == -signal.SIGKILL
        assert len(box.mails) == 2
        code, told, wrong = python(THEN)
    # Within ten minutes the one that was under way is left alone; then it goes again, once.
    assert (code, wrong) == (0, "")
    assert told == "1\n1\n0\n[('sent', 1), ('sent', 1), ('sent', 2)] 3\n"
    names = [(to, mail["Message-ID"]) for [to], mail in box.mails]
    assert len(set(names)) == 3, "each arrived, and the double bears the name of the first"
    assert names.count(names[0]) == 1
    assert names.count(names[1]) == 2

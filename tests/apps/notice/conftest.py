"""An office that sends: a mail server and a webhook receiver on loopback."""

import pytest

from apportion.apps.notice.gathering import gather_news
from tests.apps.notice.receivers import mail_server, web_server
from tests.apps.small_lab import NOW, people


@pytest.fixture
def folk(db):
    """One person for each role, each with an address."""
    found = people()
    for person in found.values():
        person.email = f"{person.username}@lab.example"
        person.save()
    return found


@pytest.fixture
def box(settings):
    """A mail server that is up."""
    with mail_server() as (mailbox, url):
        settings.APPORTION_MAIL = url
        settings.APPORTION_MAIL_FROM = "credits@lab.example"
        settings.APPORTION_SITE = "https://credits.lab.example"
        yield mailbox


@pytest.fixture
def hook(settings):
    """A receiver of webhooks on an address that the site allows."""
    settings.APPORTION_NOTICE_NETWORKS = "127.0.0.0/8"
    with web_server() as (receiver, url):
        receiver.url = url
        yield receiver


@pytest.fixture
def begun(folk):
    """News is gathered from here on."""
    gather_news(now=NOW)

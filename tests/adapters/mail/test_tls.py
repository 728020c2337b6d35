"""Mail over TLS, to a real server with a certificate that the test made."""

import ssl
from datetime import timedelta
from ipaddress import ip_address

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apportion.adapters.mail.client import mail_line
from apportion.adapters.mail.parse import parse_server
from apportion.core.faults import WorldError
from apportion.core.notice.trying import Verdict
from apportion.office import clock
from tests.apps.notice.receivers import mail_server

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of a lab")])
LOOPBACK = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])


def authority():
    """Makes a certificate and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(LOOPBACK, critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, *form
    )


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """What the server shows; the lab's machine trusts who signed it."""
    file = tmp_path / "mail.pem"
    file.write_bytes(authority())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file)
    return made


def asked_in(seen):
    """Lets in whoever says the password, and keeps what was said."""

    def check(_server, session, _envelope, _mechanism, told):
        seen.append((told.login, told.password, session.ssl is not None))
        return AuthResult(success=told.password == b"s3cret", handled=False)

    return check


def send(url):
    with mail_line(parse_server(url)) as line:
        return line.send(
            b"Subject: x\r\n\r\nWords.\r\n", sender="a@lab.example", to="b@lab.example"
        )


def starttls(shown, seen):
    more = {"tls_context": shown, "require_starttls": True, "authenticator": asked_in(seen)}
    return mail_server(kind="smtp+starttls", auth_required=True, **more)


def test_mail_is_sent_over_starttls_and_the_password_only_after_it(shown):
    seen = []
    with starttls(shown, seen) as (box, url):
        answer = send(url.replace("//", "//office:s3cret@"))
    assert answer.verdict is Verdict.SENT
    assert len(box.mails) == 1
    assert seen == [(b"office", b"s3cret", True)]


def test_mail_is_sent_to_a_server_that_speaks_tls_from_the_first_byte(shown):
    with mail_server(kind="smtps", ssl_context=shown) as (box, url):
        assert send(url).verdict is Verdict.SENT
    assert len(box.mails) == 1


def test_a_wrong_password_waits_and_is_not_told(shown):
    with starttls(shown, []) as (box, url), pytest.raises(WorldError) as told:
        send(url.replace("//", "//office:hunter2@"))
    assert "hunter2" not in str(told.value)
    assert box.mails == []


@pytest.mark.parametrize("kind", ["smtp+starttls", "smtps"])
def test_a_server_whose_certificate_nobody_signed_is_told_nothing(shown, monkeypatch, kind):
    monkeypatch.delenv("SSL_CERT_FILE")
    seen = []
    more = {"tls_context": shown, "require_starttls": True, "authenticator": asked_in(seen)}
    if kind == "smtps":
        more = {"ssl_context": shown}
    with mail_server(kind=kind, **more) as (box, url), pytest.raises(WorldError, match="certif"):
        send(url.replace("//", "//office:s3cret@"))
    assert (box.mails, seen) == ([], [])


def test_a_certificate_of_another_host_is_not_taken(shown):
    with starttls(shown, seen := []) as (box, url), pytest.raises(WorldError):
        send(url.replace("//127.0.0.1", "//office:s3cret@localhost"))
    assert (box.mails, seen) == ([], [])


def test_nothing_is_said_in_the_clear_where_starttls_was_taken_away():
    with (
        mail_server(kind="smtp+starttls") as (box, url),
        pytest.raises(WorldError, match="STARTTLS"),
    ):
        send(url)
    assert box.mails == []

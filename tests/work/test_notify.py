"""Webhooks and mails."""

from __future__ import annotations

import json
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from ivr.store import webhook
from ivr.work.hosts import Hosts
from ivr.work.http import Http
from ivr.work.job import Failed, TooSlow
from ivr.work.mail import Mail, MailServer
from ivr.work.notify import Notify, signature
from tests.ports import free_port

from .conftest import Service


@pytest.fixture
def notify() -> Notify:
    hosts = Hosts((), ("127.0.0.1",), lambda host, port: ["127.0.0.1"])
    return Notify(Http(hosts, pause=lambda seconds: None), wall=lambda: 1_700_000_000.9)


def told(service: Service, retries: int = 2) -> dict[str, Any]:
    body = {"call": "a", "data": {"x": "ä"}}
    return {
        "webhook": f"{service.url}/hook", "secret": "sesame", "body": body, "key": "a-1",
        "retries": retries,
    }  # fmt: skip


def test_a_webhook_is_signed_as_records_are(service: Service, notify: Notify) -> None:
    assert notify(told(service), 5) == 200
    [request] = service.seen
    assert json.loads(request.body) == {"call": "a", "data": {"x": "ä"}}
    signed = webhook.signature(b"sesame", request.body, 1_700_000_000)
    assert request.headers["IVR-Signature"] == signed
    assert signature(b"sesame", request.body, 1_700_000_000) == signed
    assert request.headers["Idempotency-Key"] == "a-1"


def test_a_webhook_is_told_again(service: Service, notify: Notify) -> None:
    service.replies = [
        lambda request: request.answer(503),
        lambda request: request.answer(204, b""),
    ]
    assert notify(told(service), 5) == 204
    assert len(service.seen) == 2


def test_a_webhook_that_refuses(service: Service, notify: Notify) -> None:
    service.replies = [lambda request: request.answer(400)]
    with pytest.raises(Failed, match="it answered 400") as caught:
        notify(told(service), 5)
    assert caught.value.value == 400


# -- mails ------------------------------------------------------------------------------------


class Post:
    """A mail server of the test's own."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.say = "250 taken"
        self.goodbye = "221 bye"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.got.append(envelope)
        return self.say

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_QUIT(self, server: Any, session: Session, envelope: Envelope) -> str:
        return self.goodbye

    def log_in(self, server: Any, session: Any, envelope: Any, how: str, who: Any) -> AuthResult:
        assert isinstance(who, LoginPassword)
        self.logins.append((who.login, who.password))
        known = who.password == b"sesame"
        return AuthResult(success=known, handled=known)

    def message(self) -> EmailMessage:
        [envelope] = self.got
        content = envelope.content
        assert isinstance(content, bytes)
        found = message_from_bytes(content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, file = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
            "-out", str(file),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return key, file


Serve = Callable[..., Controller]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Controller] = []

    def start(post: Post, **settings: Any) -> Controller:
        controller = Controller(post, hostname="127.0.0.1", port=free_port(), **settings)
        controller.start()
        running.append(controller)
        return controller

    yield start
    for controller in running:
        controller.stop()


def mail(port: int, *folders: Path, **others: Any) -> Mail:
    trust = others.pop("trust", ssl.create_default_context)
    given = {"security": "none", "sender": "ivr@example.com", **others}
    return Mail(MailServer("127.0.0.1", port, **given), folders, trust)


def letter(**others: Any) -> dict[str, Any]:
    return {"to": ["office@example.com"], "subject": "A call", "text": "x", "attach": "", **others}


def test_a_mail_with_a_recording(serve: Serve, tmp_path: Path) -> None:
    post, wav = Post(), tmp_path / "2025" / "message.wav"
    wav.parent.mkdir()
    wav.write_bytes(b"RIFF....")
    there = mail(serve(post).port, tmp_path)
    job = Notify(Http(Hosts()), there)
    to = ["office@example.com", "Ada <ada@example.com>"]
    assert (
        job({"mail": letter(to=to, subject="A\r\nBcc: x@y", text="Hällo", attach=str(wav))}, 5)
        is None
    )
    assert post.got[0].mail_from == "ivr@example.com"
    assert post.got[0].rcpt_tos == ["office@example.com", "ada@example.com"]
    message = post.message()
    assert message["Subject"] == "A Bcc: x@y"
    text, sound = message.iter_parts()
    assert text.get_content().strip() == "Hällo"
    assert sound.get_filename() == "message.wav"
    assert sound.get_content() == b"RIFF...."


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../secret", "what is attached is no recording of this line"),
        ("/etc/passwd", "what is attached is no recording of this line"),
        ("link", "what is attached is no recording of this line"),
        ("none.wav", "the recording cannot be read: No such file or directory"),
        ("", "the recording cannot be read: Is a directory"),
    ],
)
def test_only_recordings_go_with_a_mail(tmp_path: Path, name: str, why: str) -> None:
    folder = tmp_path / "messages"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(Failed) as caught:
        mail(1, folder).send(letter(attach=str(folder / name)), 5)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    "to", [["office"], [], ["a@b\r\nBcc: x@y"], ["@"], ["a b@c"], ["x@y, nobody"]]
)
def test_an_address_that_is_none(to: list[str]) -> None:
    with pytest.raises(Failed, match="an address that is none"):
        mail(1).send(letter(to=to), 5)


def test_who_is_not_known_there(serve: Serve) -> None:
    with pytest.raises(Failed, match=r"nobody there by the name of nobody@example\.com"):
        mail(serve(Post()).port).send(letter(to=["nobody@example.com"]), 5)


def test_who_is_not_known_there_among_others(serve: Serve) -> None:
    post = Post()
    to = ["office@example.com", "nobody@example.com"]
    with pytest.raises(Failed, match=r"nobody@example\.com; the others have it"):
        mail(serve(post).port).send(letter(to=to), 5)
    assert post.got[0].rcpt_tos == ["office@example.com"]


@pytest.mark.parametrize("goodbye", ["421 going down", "250 fine"])
def test_a_mail_that_was_taken_is_sent_whatever_comes_after_it(serve: Serve, goodbye: str) -> None:
    post = Post()
    post.goodbye = goodbye
    mail(serve(post).port).send(letter(), 5)
    assert len(post.got) == 1


def test_a_server_that_refuses(serve: Serve) -> None:
    post = Post()
    post.say = "552 too much"
    with pytest.raises(Failed, match="the mail server says 552 too much"):
        mail(serve(post).port).send(letter(), 5)


def test_no_server(serve: Serve) -> None:
    with pytest.raises(Failed, match="the mail server cannot be reached: Connection refused"):
        mail(1).send(letter(), 5)
    with pytest.raises(Failed, match="the settings have no mail server"):
        Notify(Http(Hosts()))({"mail": letter()}, 5)


def test_a_server_that_says_nothing(service: Service) -> None:
    with pytest.raises(TooSlow):
        mail(service.server_port).send(letter(), 0.2)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_who_hands_it_in(serve: Serve, certificate: tuple[Path, Path], security: str) -> None:
    key, file = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, key)
    post = Post()
    way = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    options = {"authenticator": post.log_in, "auth_require_tls": security != "tls"}
    port = serve(post, **way, **options).port
    trust = lambda: ssl.create_default_context(cafile=str(file))  # noqa: E731
    login = {"security": security, "user": "ivr", "password": "sesame"}
    mail(port, trust=trust, **login).send(letter(), 5)
    assert post.logins == [(b"ivr", b"sesame")]
    assert len(post.got) == 1
    with pytest.raises(Failed, match="the mail server says 535") as caught:
        mail(port, trust=trust, **{**login, "password": "wrong"}).send(letter(), 5)
    assert "wrong" not in str(caught.value)
    with pytest.raises(Failed, match="CERTIFICATE_VERIFY_FAILED"):
        mail(port, **login).send(letter(), 5)


def test_a_password_does_not_show() -> None:
    assert "sesame" not in repr(MailServer("h", 1, "tls", "a@b", "u", "sesame"))
    assert smtplib.SMTP.debuglevel == 0

"""SIP over TLS on the line itself, where no front takes it."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Play
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered

from ..ports import free_port
from .conftest import Line, StartLine
from .peer import LOCAL, Dialog
from .wire import parse

pytestmark = pytest.mark.line

Settings = dict[str, Any]


def plays(event: Event) -> Sequence[Effect]:
    match event:
        case Offered():
            return [Answer()]
        case Answered():
            return [Play(1, ("400x9",))]
        case Digit():
            return [HangUp()]
    return []


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture
def settings(pair: tuple[Path, Path]) -> Settings:
    return {"tls_certificate": pair[0], "tls_key": pair[1], "tls_port": free_port()}


@contextlib.contextmanager
def connection_to(
    phone: Line, least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
) -> Iterator[ssl.SSLSocket]:
    """A connection by TLS."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = least
    address = LOCAL, phone.settings.tls_port
    with (
        socket.create_connection(address, timeout=15) as plain,
        context.wrap_socket(plain) as connection,
    ):
        yield connection


def speak_over(phone: Line, connection: ssl.SSLSocket) -> Dialog:
    """A call of the line's peer whose SIP goes over this connection."""
    peer, buffer = phone.peer, bytearray()

    def read() -> None:
        with contextlib.suppress(ssl.SSLWantReadError):
            while data := connection.recv(65536):
                buffer.extend(data)
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"Content-Length: *(\d+)", buffer[:end])
            size = end + 4 + int(length.group(1) if length else 0)
            if len(buffer) < size:
                return
            peer._message(parse(bytes(buffer[:size])))
            del buffer[:size]

    def send(text: str) -> None:
        text = text.replace("SIP/2.0/UDP", "SIP/2.0/TLS")
        ours = f":{connection.getsockname()[1]};transport=tls>"
        connection.sendall(text.replace(f":{peer.port}>", ours).encode())

    connection.setblocking(False)
    peer.extra.append((connection.fileno(), read))
    peer.send = send  # type: ignore[method-assign]
    return peer.up()


def test_a_call_over_tls(line: StartLine, settings: Settings) -> None:
    phone = line(lambda: plays, **settings)
    with connection_to(phone) as connection:
        assert connection.version() == "TLSv1.2"
        call = speak_over(phone, connection)
        final = call.final()
        assert final and f":{phone.settings.tls_port};transport=TLS" in final.header("contact")
        phone.peer.expect(lambda: call.tones(), "sound")
        call.info("1")
        assert phone.expect(HungUp).by == "flow"
        phone.peer.expect(lambda: call.got("BYE"), "BYE by the same way")
        phone.peer.extra.pop()


def test_what_the_stack_cannot_read_over_tls(line: StartLine, settings: Settings) -> None:
    phone = line(lambda: plays, **settings)
    lines = (
        "OPTIONS sip:1@h SIP/2.0", "Via: SIP/2.0/TLS h;branch=z9hG4bK1", "From: <sip:a@h>;tag=1",
        "To: <sip:1@h>", "Call-ID: id", "CSeq: x OPTIONS", "Content-Length: 0",
    )  # fmt: skip
    with connection_to(phone) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert parse(connection.recv(4000)).first == "SIP/2.0 400 Bad CSeq"


def test_tls_1_3_alone_is_no_tls_here(line: StartLine, settings: Settings) -> None:
    phone = line(lambda: plays, **settings)
    with pytest.raises(OSError), connection_to(phone, ssl.TLSVersion.TLSv1_3):
        pass
    assert phone.peer.up()


def test_a_handshake_that_does_not_end(line: StartLine, settings: Settings) -> None:
    phone = line(lambda: plays, **settings)
    with contextlib.ExitStack() as held:
        address = LOCAL, settings["tls_port"]
        some = [held.enter_context(socket.create_connection(address, 9)) for _ in range(12)]
        for each in some[::2]:
            each.sendall(b"INVITE sip:x SIP/2.0\r\n\r\n")
        call = phone.peer.up()
        phone.peer.expect(lambda: call.tones(), "sound")
        phone.peer.run(None, 2)
        assert [each.recv(1) for each in some[1::2]] == [b""] * 6, "the line has closed them"
        assert phone.peer.up()


def test_connections_that_end_before_their_handshake(line: StartLine, settings: Settings) -> None:
    """Some sixty of them within half a second would end the process; here it is twice as many."""
    phone = line(lambda: plays, **settings)
    call = phone.peer.up()
    for _ in range(60):
        with contextlib.ExitStack() as burst:
            for _ in range(8):
                link = burst.enter_context(socket.socket())
                link.setblocking(False)
                link.connect_ex((LOCAL, settings["tls_port"]))
            phone.peer.run(None, 0.03)
    assert phone.alive()
    so_far = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) > so_far + 25, "sound goes on")
    with connection_to(phone) as connection:
        assert connection.version() == "TLSv1.2"


def test_a_certificate_that_cannot_be_used(
    line: StartLine, settings: Settings, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    other = {**settings, "tls_key": pair[0]}
    assert "cannot be used" in line(lambda: plays, **other).failed
    missing = {**settings, "tls_certificate": tmp_path / "nowhere.pem"}
    assert "No such file" in line(lambda: plays, **missing).failed

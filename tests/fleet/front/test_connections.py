"""Callers on connections: TCP, and TLS with the system's OpenSSL."""

from __future__ import annotations

import secrets
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.fleet.front import FrontError, Tls

from ...sip.peer import LOCAL
from ...sip.wire import Message, parse
from .exchange import PORT, TLS_PORT, Exchange, dial, digest

pytestmark = pytest.mark.line


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    folder = tmp_path_factory.mktemp("tls")
    tls = Tls(folder / "cert.pem", folder / "key.pem", TLS_PORT)
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -batch"
    subprocess.run(
        [*command.split(), "-out", tls.certificate, "-keyout", tls.key],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return tls


class Connection:
    """A caller whose Contact cannot be reached: what it is sent must come on its connection."""

    def __init__(self, hall: Exchange, link: socket.socket, kind: str, scheme: str = "sip") -> None:
        self.hall, self.link, self.kind, self.scheme = hall, link, kind, scheme
        self.link.settimeout(0.01)
        self._data = b""
        self._heard: list[Message] = []

    def send(self, method: str, uri: str, *headers: str, body: str = "", to: str = "1") -> None:
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{self.kind} 192.0.2.9;rport;branch=z9hG4bK{secrets.token_hex(4)}",
            "Max-Forwards: 70",
            f"From: <sip:alice@{LOCAL}>;tag=x",
            f"To: {to if '<' in to else f'<sip:{to}@{LOCAL}>'}",
            f"Call-ID: on-{self.kind}",
            f"CSeq: 1 {method}",
            f"Contact: <{self.scheme}:alice@192.0.2.9;transport={self.kind.lower()}>",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        self._write([*lines, "", body])

    def reply(self, request: Message, *headers: str) -> None:
        names = ("via", "record-route", "from", "to", "call-id", "cseq")
        lines = [f"{name}: {v}" for name in names for v in request.headers.get(name, [])]
        lines = [f"{x};tag=y" if x.startswith("to:") and ";tag=" not in x else x for x in lines]
        self._write(["SIP/2.0 200 OK", *lines, *headers, "Content-Length: 0", "", ""])

    def hear(self, first: str) -> Message:
        """The next message that begins so; others are passed by."""
        self.hall.caller.expect(lambda: self._read(first), first)
        return self._heard[-1]

    def _write(self, lines: list[str]) -> None:
        self.link.sendall("\r\n".join(lines).encode())

    def _read(self, first: str) -> bool:
        try:
            self._data += self.link.recv(1 << 16)
        except TimeoutError:
            return False
        while b"\r\n\r\n" in self._data:
            head, _, rest = self._data.partition(b"\r\n\r\n")
            message = parse(head + b"\r\n\r\n")
            self._data = rest[int(message.header("content-length")) :]
            self._heard.append(message)
            if message.first.startswith(first):
                return True
        return False

    def call(self) -> None:
        """A call that the worker ends."""
        offer = f"v=0\r\nc=IN IP4 {LOCAL}\r\nm=audio 4000 RTP/AVP 0\r\n"
        self.send("INVITE", f"{self.scheme}:1@{LOCAL}", "Content-Type: application/sdp", body=offer)
        answer = self.hear("SIP/2.0 200")
        route = [f"Route: {each}" for each in reversed(answer.headers["record-route"])]
        self.send("ACK", answer.header("contact").strip("<>"), *route, to=answer.header("to"))
        [served] = [each for worker in self.hall.workers for each in worker.calls]
        self.hall.caller.expect(lambda: served.got("ACK"), "the ACK comes to the worker")
        assert served.uri.startswith("sip:")  # workers have no TLS
        served.bye()
        self.reply(self.hear("BYE"))
        self.hall.caller.expect(lambda: served.final("BYE"), "the BYE is answered")
        assert self.hall.loads == [0, 0]


def test_a_call_over_tcp(hall: Exchange) -> None:
    with socket.create_connection((LOCAL, PORT)) as link:
        Connection(hall, link, "TCP").call()


@pytest.mark.parametrize(
    ("version", "scheme"), [("TLSv1_2", "sip"), ("TLSv1_3", "sip"), ("TLSv1_3", "sips")]
)
def test_a_call_over_tls(
    serve: Callable[..., Exchange], certificate: Tls, version: str, scheme: str
) -> None:
    hall = serve(tls=certificate)
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    context.check_hostname = False
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    with socket.create_connection((LOCAL, TLS_PORT)) as link, context.wrap_socket(link) as secure:
        assert secure.version() == version.replace("_", ".")
        Connection(hall, secure, "TLS", scheme).call()


@pytest.mark.parametrize(
    ("option", "works"), [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)]
)
def test_versions_of_tls(
    serve: Callable[..., Exchange], certificate: Tls, option: str, works: bool
) -> None:
    serve(tls=certificate)
    said = subprocess.run(
        ["openssl", "s_client", option, "-connect", f"{LOCAL}:{TLS_PORT}", "-brief"],
        input=b"",
        capture_output=True,
    )
    assert (b"CONNECTION ESTABLISHED" in said.stderr) is works


def test_a_phone_is_called_on_its_connection(serve: Callable[..., Exchange]) -> None:
    hall = serve(users={"alice": "wonderland"})
    with socket.create_connection((LOCAL, PORT)) as link:
        phone, registrar = Connection(hall, link, "TCP"), f"sip:{LOCAL}:{PORT}"
        phone.send("REGISTER", registrar, to="alice")
        challenge = phone.hear("SIP/2.0 401")
        phone.send("REGISTER", registrar, digest(challenge, "alice", "wonderland"), to="alice")
        phone.hear("SIP/2.0 200")
        call = dial(hall.workers[0], f"sip:alice@{LOCAL}:{PORT}")
        phone.reply(phone.hear("INVITE"), "Contact: <sip:alice@192.0.2.9;transport=tcp>")
        assert hall.final(call).code == 200
        phone.hear("ACK")
        call.bye()
        phone.reply(phone.hear("BYE"))
        hall.caller.expect(lambda: call.final("BYE"), "the BYE is answered")


def test_without_tcp_there_is_none(serve: Callable[..., Exchange]) -> None:
    hall = serve(tcp=False)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOCAL, PORT))
    hall.caller.up()


def test_a_certificate_that_is_not_there(serve: Callable[..., Exchange], tmp_path: Path) -> None:
    with pytest.raises(FrontError, match=r"none\.pem"):
        serve(tls=Tls(tmp_path / "none.pem", tmp_path / "none.key", TLS_PORT))

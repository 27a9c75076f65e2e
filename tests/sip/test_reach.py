"""What `ivr doctor` finds out about registrars and proxies."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from ivr.sip.accounts import LineAccount
from ivr.sip.dialog import reply
from ivr.sip.reach import check, unreachable

from ..ports import free_port

SHORT = (0.05, 0.05)


@pytest.fixture
def registrar() -> Iterator[int]:
    """Answers what is sent to it, though not the first time; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))

        def serve() -> None:
            link.recv(4096)
            while True:
                request, there = link.recvfrom(4096)
                if request == b"end":
                    return
                link.sendto(b"SIP/2.0 200 OK\r\nCall-ID: another\r\n\r\n", there)
                link.sendto(reply(request.decode(), "404 Not Found").encode(), there)

        thread = threading.Thread(target=serve)
        thread.start()
        port = link.getsockname()[1]
        yield port
        for _ in range(2):
            link.sendto(b"end", ("127.0.0.1", port))
        thread.join()


@pytest.fixture
def silent() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))
        yield link.getsockname()[1]


def test_any_answer_will_do(registrar: int) -> None:
    assert unreachable(f"sip:127.0.0.1:{registrar};lr", (0.05, 10.0)) == ""


def test_nobody_answers(silent: int) -> None:
    assert unreachable(f"sip:127.0.0.1:{silent}", SHORT) == "no answer to OPTIONS over UDP"


def test_nobody_listens() -> None:
    port = free_port()
    assert unreachable(f"sip:127.0.0.1:{port}", SHORT) == "Connection refused"
    assert unreachable(f"sip:127.0.0.1:{port};transport=tcp", SHORT) == "Connection refused"


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_connection_will_do(transport: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as link:
        uri = f"sip:127.0.0.1:{link.getsockname()[1]};transport={transport}"
        assert unreachable(uri, SHORT) == ""


def test_a_name_that_is_none() -> None:
    assert unreachable("sip:nowhere.invalid", SHORT).startswith("the name is not found")


def test_what_is_told_of_accounts(silent: int) -> None:
    there = f"sip:127.0.0.1:{silent}"
    accounts = [
        LineAccount("trunk", there, "a", "example.com", ""),
        LineAccount("second", there, "b", "example.com", ""),
        LineAccount("behind", "sip:192.0.2.1", "c", "example.com", "", proxy=f"{there};lr"),
        LineAccount("outward", "sip:192.0.2.1", "d", "example.com", "", register=False),
    ]
    found = {finding.what: finding for finding in check(accounts, SHORT)}
    assert set(found) == {"account trunk, second", "account behind"}
    trunk = found["account trunk, second"]
    assert not trunk.ok and there in trunk.detail and "firewall" in trunk.remedy

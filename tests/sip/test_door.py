"""Whoever comes while the door is shut is let in once it is open; who was let in before stays."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ivr.sip.door import Door

from ..ports import LOCAL


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server((LOCAL, 0)) as listening:
        yield listening


def test_nobody_comes_in_while_it_is_shut(listening: socket.socket) -> None:
    address = listening.getsockname()
    door = Door(address[1])
    with socket.create_connection(address) as before, listening.accept()[0] as inside:
        door.shut()
        with socket.socket() as late, pytest.raises(TimeoutError):
            late.settimeout(0.3)
            late.connect(address)
        before.sendall(b"still here")
        assert inside.recv(99) == b"still here"
        with socket.socket() as waiting:
            waiting.setblocking(False)
            assert waiting.connect_ex(address) != 0
            door.open()
            listening.settimeout(20)
            listening.accept()[0].close()
    door.close()


def test_a_port_is_free_when_both_are_closed(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    door = Door(port)
    door.close()
    listening.close()
    with socket.socket() as other:
        other.bind((LOCAL, port))


def test_others_are_left_alone(listening: socket.socket) -> None:
    door = Door(1)
    door.shut()
    socket.create_connection(listening.getsockname(), timeout=20).close()
    door.close()

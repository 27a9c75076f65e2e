"""Kamailio writes down strangers' garbage whole; that must choke nobody."""

from __future__ import annotations

import socket

import pytest

from tests.sip.peer import LOCAL

from .exchange import PORT, Exchange

pytestmark = pytest.mark.line


def test_garbage_without_an_end_of_line(hall: Exchange) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(12):
            stranger.sendto(b"aaaa bbbb" + b"a" * 65000, (LOCAL, PORT))
    hall.caller.up().bye()

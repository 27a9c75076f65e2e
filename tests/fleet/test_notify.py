"""systemd is told how far the server is."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.fleet.notify import tell


@pytest.fixture
def systemd() -> Iterator[socket.socket]:
    """The end at which systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(5)
        yield listener


def test_ready(systemd: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(tmp_path / "notify")
    systemd.bind(address)
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    tell("READY=1")
    tell("STOPPING=1")
    assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"STOPPING=1"]


def test_an_abstract_address(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    systemd.bind("")  # the kernel chooses one
    name = systemd.getsockname()[1:].decode()
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    tell("READY=1")
    assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody listens"))
    tell("READY=1")

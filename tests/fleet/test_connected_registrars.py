"""Accounts at a registrar that is reached by TCP or TLS, by way of the front."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..ports import free_port
from ..sip.peer import LOCAL, Peer
from ..sip.provider import DOMAIN, SECRET, Provider
from .test_registrations import call, registered
from .town import Town

pytestmark = pytest.mark.line

Pair = tuple[Path, Path]


def made(folder: Path, name: str) -> Pair:
    """A certificate and its key."""
    pair = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         f"/CN={name}", "-keyout", pair[1], "-out", pair[0]],
        check=True, capture_output=True,
    )  # fmt: skip
    return pair


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return made(tmp_path, "provider")


@pytest.fixture
def provider(tmp_path: Path, pair: Pair) -> Iterator[Provider]:
    made = Provider(tmp_path / "provider", free_port(), pair=pair).start()
    yield made
    made.stop()


@pytest.fixture
def settle(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, Path], Town]]:
    """Makes a town with an account that is reached by a transport, and by those who vouch."""
    towns: list[Town] = []
    monkeypatch.setenv("SECRET_OF_TRUNK", SECRET)

    def settle(transport: str, authorities: Path) -> Town:
        certificate, key = made(tmp_path, "front")
        trunk = {
            "registrar": provider.by(transport), "proxy": provider.by(transport), "user": "short",
            "domain": DOMAIN, "secret_env": "SECRET_OF_TRUNK", "expires": 5,
        }  # fmt: skip
        towns.append(
            Town(
                tmp_path / "town", 8, ACCOUNTS=json.dumps({"trunk": trunk}),
                FRONT__TLS_CERTIFICATE=certificate, FRONT__TLS_KEY=key,
                FRONT__TLS_PORT=free_port(), FRONT__TLS_AUTHORITIES=authorities,
            )
        )  # fmt: skip
        return towns[-1]

    yield settle
    for town in towns:
        town.close()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_it_registers_renews_and_calls(
    provider: Provider, pair: Pair, settle: Callable[[str, Path], Town], transport: str
) -> None:
    town = settle(transport, pair[0])
    registered(town)
    port = town.environment["IVR_FRONT__TLS_PORT"] if transport == "tls" else town.port
    contacts = {seen.contact for seen in provider.saw("short")}
    assert contacts == {f"<sip:short@{LOCAL}:{port};transport={transport}>"}
    assert call(provider) == 200
    town.peer.expect(lambda: len(provider.saw("short")) > 2, "it is renewed", 20)
    assert call(provider) == 200

    desk = Peer(provider.port)
    town.peer.extra.append((desk.sip.fileno(), desk._sip))
    desk.answer = lambda dialog: dialog.accept()
    to = f"sip:601@{LOCAL}:{desk.port}"
    town.asks("/v1/calls", "POST", {"to": to, "flow": "stay", "account": "trunk"})
    town.peer.expect(lambda: desk.dialogs, "the call out comes")
    [there] = desk.dialogs.values()
    town.peer.expect(lambda: there.got("ACK"), "it is answered")
    there.bye()
    town.peer.expect(lambda: there.final("BYE"), "the BYE is answered")
    assert there.incoming and f"{transport.upper()} {LOCAL}" in there.incoming.headers["via"][1]
    desk.close()
    town.peer.extra.pop()


def test_one_for_whom_nobody_vouches_hears_no_password(
    provider: Provider, settle: Callable[[str, Path], Town], tmp_path: Path
) -> None:
    town = settle("tls", made(tmp_path, "somebody")[0])
    town.says("certificate verify failed")
    assert provider.saw("short") == []
    [state] = town.asks("/v1/registrations")["registrations"]
    assert state["state"] != "registered"

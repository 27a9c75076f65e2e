"""A fleet that registers an account: one worker does, and only the end takes it back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..ports import free_port
from ..sip.peer import LOCAL, Peer
from ..sip.provider import DOMAIN, SECRET, Provider
from .town import Town

pytestmark = pytest.mark.line


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    made = Provider(tmp_path / "provider", free_port()).start()
    yield made
    made.stop()


@pytest.fixture
def settle(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Town]]:
    """Makes a town whose account `trunk` is `short` at the provider; others have the secrets that
    are given."""
    made: list[Town] = []

    def make(calls: int, **others: str) -> Town:
        accounts = {}
        for name, secret in {"trunk": SECRET, **others}.items():
            monkeypatch.setenv(f"SECRET_OF_{name}", secret)
            accounts[name] = {
                "registrar": provider.uri,
                "user": "short" if name == "trunk" else name,
                "domain": DOMAIN,
                "secret_env": f"SECRET_OF_{name}",
            }
        made.append(Town(tmp_path / "town", calls, ACCOUNTS=json.dumps(accounts)))
        return made[-1]

    yield make
    for town in made:
        if town.server.poll() is None:
            town.close()


def registered(town: Town) -> dict[str, Any]:
    """The account, once it is registered."""
    found: list[dict[str, Any]] = []

    def now() -> bool:
        found[:] = town.asks("/v1/registrations")["registrations"]
        return bool(found[0]["state"] == "registered")

    town.peer.expect(now, "it is registered", 30)
    return found[0]


def call(provider: Provider) -> int:
    """The final answer to somebody who calls the account."""
    caller = Peer(provider.port)
    dialog = caller.call("short", from_header="<sip:caller@127.0.0.1>")
    caller.expect(dialog.final, "an answer")
    final = dialog.final()
    if dialog.up:
        caller.expect(lambda: dialog.got("BYE"), "the flow ends the call")
    caller.close()
    return final.code if final else 0


def status(town: Town, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ivr", "status", *options],
        cwd=town.folder, env=town.environment, capture_output=True, text=True,
    )  # fmt: skip


def test_behind_a_front_one_worker_registers(
    provider: Provider, settle: Callable[..., Town]
) -> None:
    town = settle(8)
    state = registered(town)
    assert (state["account"], state["registrar"], state["code"]) == ("trunk", provider.uri, 200)
    front = f"{LOCAL}:{town.port}"
    assert {seen.contact for seen in provider.saw("short")} == {f"<sip:short@{front}>"}
    assert {seen.by for seen in provider.saw("short")} == {front}
    assert len(provider.saw("short")) == 2  # one of them with credentials: one worker
    assert call(provider) == 200
    assert 'ivr_registered{account="trunk"} 1.0' in town.asks("/metrics")

    told = status(town)
    assert told.returncode == 0 and "registered" in told.stdout and provider.uri in told.stdout

    before = len(provider.saw("short"))
    for worker in town.workers():
        os.kill(worker["pid"], signal.SIGKILL)
    town.peer.expect(lambda: len(provider.saw("short")) > before + 1, "a successor registers", 30)
    registered(town)

    before = len(provider.saw("short"))
    town.server.send_signal(signal.SIGHUP)
    town.peer.expect(lambda: len(provider.saw("short")) > before + 1, "the new version does", 30)
    town.peer.expect(lambda: not town.workers("draining"), "the old workers end", 30)
    assert all(seen.expires for seen in provider.saw("short"))
    assert call(provider) == 200

    assert town.close() == 0
    assert provider.saw("short")[-1].expires == 0
    assert call(provider) == 404


def test_a_worker_that_stands_alone_registers(
    provider: Provider, settle: Callable[..., Town]
) -> None:
    """And tells of an account that is refused."""
    town = settle(4, wrong="looking-glass")
    registered(town)
    assert call(provider) == 200
    town.says("account wrong: the registrar refuses it.*401 Unauthorized")
    town.peer.expect(
        lambda: 'ivr_registration_failures_total{account="wrong"} 1.0' in town.asks("/metrics"),
        "it is counted",
    )
    assert 'ivr_registered{account="wrong"} 0.0' in town.asks("/metrics")
    told = status(town, "--json")
    assert told.returncode == 1
    states = {x["account"]: x["state"] for x in json.loads(told.stdout)["registrations"]}
    assert states == {"trunk": "registered", "wrong": "refused"}

    before = len(provider.saw("short"))
    os.kill(town.workers()[0]["pid"], signal.SIGKILL)
    town.peer.expect(lambda: len(provider.saw("short")) > before + 1, "a successor registers", 30)
    assert town.close() == 0
    assert provider.saw("short")[-1].expires == 0


UNUSABLE = {
    "a secret that is not there": (
        {"secret_env": "NO_SUCH_SECRET"}, "trunk.secret_env: the environment has no NO_SUCH_SECRET"
    ),
    "TLS without a front": (
        {"proxy": "sip:h;transport=tls"}, "accounts.trunk: the front speaks TLS, and here is none"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "told"), UNUSABLE.values(), ids=UNUSABLE)
def test_an_account_that_cannot_be(
    tmp_path: Path, provider: Provider, changed: dict[str, str], told: str
) -> None:
    file = tmp_path / "ivr.yaml"
    (tmp_path / "menu.yaml").write_text(Town.flow("menu", "[answer, hang_up]"))
    account = {"registrar": provider.uri, "user": "short", **changed}
    file.write_text(json.dumps({"routes": {"*": "menu.yaml"}, "accounts": {"trunk": account}}))
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "serve"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert told in done.stderr

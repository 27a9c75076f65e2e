"""`ivr doctor` in a new project: its test call is a real one, with sound."""

from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path

import pytest

from tests.commands import Ivr, command_line
from tests.ports import free_port


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    """Run a command in the folder of a new project."""
    monkeypatch.chdir(tmp_path)
    run = command_line(capsys, monkeypatch)
    assert run("new", "shop").code == 0
    monkeypatch.chdir(tmp_path / "shop")
    return run


def test_doctor_has_a_verdict_on_everything(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SIP__PORT", str(free_port()))
    said = ivr("doctor", "--json")
    verdicts = {verdict["what"]: verdict for verdict in json.loads(said.out)}
    assert {"Python", "settings", "flows", "voice", "prompts", "recordings"} <= set(verdicts)
    assert {"database", "test call", "sound to callers", "keys"} <= set(verdicts)
    assert said.code == 0, said.out
    Path("flows/menu.yaml").write_text("ivr: 1\n")
    said = ivr("doctor")
    assert said.code == 1
    assert "BAD  flows: " in said.out and "-> `ivr check` lists every fault" in said.out


def test_doctor_opens_the_database(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("no.db").write_text("this is no database, but a text that is long enough to be looked at")
    monkeypatch.setenv("IVR_RECORDS__DATABASE", "sqlite:///no.db")
    said = ivr("doctor")
    assert said.code == 1 and "BAD  database: file is not a database\n" in said.out


def test_doctor_warns(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SIP__PORT", str(free_port()))
    monkeypatch.setenv("IVR_CONTROL__ADDRESS", "127.0.0.2")
    with socket.socket() as other:
        with contextlib.suppress(OSError):  # somebody has it already
            other.bind(("127.0.0.2", 8080))
        said = ivr("doctor")
    assert "warn control API: 127.0.0.2:8080" in said.out
    assert "     -> set another control.port\n" in said.out
    assert said.code == 0

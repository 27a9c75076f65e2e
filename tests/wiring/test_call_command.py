"""ivr call: on a terminal, and a line at a time."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import Ivr, command_line


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    """Run a command in a new project."""
    monkeypatch.chdir(tmp_path)
    run = command_line(capsys, monkeypatch)
    assert run("new", "shop").code == 0
    monkeypatch.chdir(tmp_path / "shop")
    return run


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    commands = iter(lines)
    monkeypatch.setattr("builtins.input", lambda prompt="": next(commands))


def test_a_call_is_written_down_as_a_test_that_passes(
    ivr: Ivr, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, "go on", "1", "save half of it", "go on", "hang up")
    at = "2025-03-04 10:00 Europe/Berlin"
    said = ivr("call", "flows/menu.yaml", "--at", at, "--save", "by hand")
    assert said.code == 0
    assert said.out.endswith("saved as 'by hand' in flows/menu.test.yaml\n")
    written = Path("flows/menu.test.yaml").read_text()
    assert f"  by hand:\n    at: {at}\n    steps:\n      - " in written
    tested = ivr("test")
    assert "passed menu.yaml: half of it\npassed menu.yaml: by hand\n" in tested.out
    assert tested.code == 0


def test_where_nothing_can_be_written_nothing_is_lost(
    ivr: Ivr, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path("flows/menu.test.yaml").read_text()
    Path("flows/menu.test.yaml").write_text(f"{before}flow: menu.yaml\n")
    type_in(monkeypatch, "go on", "save one", "hang up")
    said = ivr("call", "flows/menu.yaml")
    assert said.code == 0 and "not saved" in said.out
    assert Path("flows/menu.test.yaml").read_text() == f"{before}flow: menu.yaml\n"


def test_on_a_terminal_it_is_a_screen(ivr: Ivr) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ivr", "call", "flows/menu.yaml"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while b"Variables" not in shown:
            shown += os.read(ours, 65536)
        os.write(ours, b"q")
        assert drained(ours) >= 0
        assert process.wait() == 0
    os.close(ours)


def drained(terminal: int) -> int:
    """How much there was to read until it was closed."""
    found = 0
    try:
        while more := len(os.read(terminal, 65536)):
            found += more
    except OSError:  # Linux says so of a terminal that nobody has open any more
        pass
    return found

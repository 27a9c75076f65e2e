"""Run a command of `ivr` within the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from ivr.cli import main


class Said(NamedTuple):
    code: int
    out: str
    err: str


Ivr = Callable[..., Said]


def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ivr:
    """What is printed, and the exit code; never a traceback."""

    def run(*words: str) -> Said:
        monkeypatch.setattr("sys.argv", ["ivr", *words])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    return run

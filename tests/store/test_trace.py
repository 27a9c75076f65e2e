"""ivr trace: the ladder of a call, from its journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import Ivr, command_line

ID = "20261122-120311-5c0ffee123"
OFFER = {"at": 0.0, "event": "offered", "caller": "alice\x1b[2J", "dialled": "100"}


def sip(
    at: float, line: str, sent: bool, cseq: str, leg: int = 0, **more: object
) -> dict[str, object]:
    return {"at": at, "sip": line, "sent": sent, "leg": leg, "cseq": cseq, **more}


CALL = [
    sip(0.0, "INVITE sip:100@192.0.2.1 SIP/2.0", False, "1 INVITE", media="audio 4000 RTP/AVP 0"),
    sip(0.002, "SIP/2.0 200 OK", True, "1 INVITE"),
    sip(0.502, "SIP/2.0 200 OK", True, "1 INVITE", again=1),
    sip(0.6, "ACK sip:192.0.2.1 SIP/2.0", False, "1 ACK"),
    sip(3.0, "INVITE sip:601@pbx.example SIP/2.0", True, "7 INVITE", leg=1),
    sip(3.1, "SIP/2.0 486 Busy Here", False, "7 INVITE", leg=1),
    sip(3.2, "BYE sip:alice@192.0.2.7 SIP/2.0", True, "8 BYE"),
]
DRAWN = """\
           alice?[2J                                     ivr                                           1: sip:601@pbx.example
00:00.000  |--------- INVITE sip:100@192.0.2.1 --------->|                                             |
           |             audio 4000 RTP/AVP 0            |                                             |
00:00.002  |<------------- 200 OK (INVITE) --------------|                                             |  2 times, the last at 00:00.502
"""  # noqa: E501


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ivr:
    return command_line(capsys, monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    file = tmp_path / "ivr.yaml"
    file.write_text('{"routes": {"*": "menu.yaml"}}')
    return file


def journal(project: Path, *lines: object) -> None:
    day = project.parent / "var/calls/2026-11-22"
    day.mkdir(parents=True)
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (day / f"{ID}.jsonl").write_text(text)


def test_the_ladder_of_a_call(ivr: Ivr, project: Path) -> None:
    journal(project, OFFER, *CALL[:2], {"at": 0.3, "event": "answered"}, *CALL[2:])
    said = ivr("trace", ID, "-s", str(project))
    assert said.code == 0
    rows = said.out.splitlines()
    assert rows[:4] == DRAWN.splitlines()
    assert [row[:9] for row in rows[4:]] == ["00:00.600", "00:03.000", "00:03.100", "00:03.200"]
    assert "INVITE sip:601@pbx.example" in rows[5] and rows[5].endswith(">|")
    assert "486 Busy Here (INVITE)" in rows[6] and rows[6].count("<") == 1
    assert len({row.index("|", 12 + 40) for row in rows[1:]}) == 1, "the rail is straight"


def test_messages_that_came_late_have_their_place(ivr: Ivr, project: Path) -> None:
    journal(project, OFFER, *reversed(CALL))
    said = ivr("trace", ID, "-s", str(project))
    assert said.out.splitlines()[1].startswith("00:00.000  |-")


def test_json(ivr: Ivr, project: Path) -> None:
    journal(project, OFFER, *CALL)
    assert json.loads(ivr("trace", ID, "--json", "-s", str(project)).out) == CALL


def test_hostile_lines_do_not_break_it(ivr: Ivr, project: Path) -> None:
    strange = [
        {"sip": "", "leg": "x", "at": "y", "cseq": 5},
        {"sip": 7},
        {"sip": "A" * 500, "leg": 9},
    ]
    journal(project, *strange, {"event": "offered"})
    assert ivr("trace", ID, "-s", str(project)).code == 0


@pytest.mark.parametrize("lines", [None, [OFFER]])
def test_nothing_to_draw(ivr: Ivr, project: Path, lines: list[object] | None) -> None:
    if lines:
        journal(project, *lines)
    said = ivr("trace", ID, "-s", str(project))
    assert said.code == 2 and (("no SIP messages" in said.err) == bool(lines))

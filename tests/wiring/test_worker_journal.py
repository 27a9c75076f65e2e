"""What a worker writes down of its calls."""

import json
from pathlib import Path

import pytest

from ivr import END, Call, Flow, answer, collect, record, say
from ivr.engine import effects as do
from ivr.engine import events as ev
from ivr.engine.signalled import Signalled

from .hall import OFFER, Hall, menu


def test_the_journal_has_a_line_per_event_and_effect(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.Answered())], [("a", ev.Digit("1"))])
    hall.worker.turn()
    hall.now += 1.5
    hall.worker.turn()
    hall.worker.turn()
    lines = hall.journal("a")
    assert (tmp_path / "calls/2025-11-22").is_dir()
    assert lines[0] == {
        "at": 0.0,
        "call": "a",
        "flow": "menu",
        "version": "",
        "worker": "w0-1",
        "wall": OFFER.wall,
    }
    assert lines[1] == {
        "at": 0.0,
        "event": "offered",
        "caller": "alice",
        "dialled": "100",
        "wall": OFFER.wall,
        "headers": {},
        "overrides": {},
        "caller_lists": [],
        "language": "",
        "direction": "in",
    }
    playing = {"id": 1, "prompts": ["menu"], "language": "", "over": False, "leg": 0}
    assert {"at": 1.5, "effect": "play", **playing} in lines
    assert {"at": 1.5, "event": "digit", "key": "1"} in lines
    assert lines[-1] == {"at": 1.5, "effect": "note", "kind": "end", "detail": "flow"}


def test_the_journal_masks_secrets_and_keys_typed_ahead(tmp_path: Path) -> None:
    flow = Flow("pin", start="pin")

    @flow.state(done=END, no_input=END, no_match=END)
    async def pin(call: Call) -> str:
        await answer(call, settle=0)
        await say(call, "welcome", barge_in="none")
        return (await collect(call, "pin", into="pin", length=4, sensitive=True)).outcome

    keys: list[list[tuple[str, ev.Event | Signalled]]] = [[("a", ev.Digit(key))] for key in "4711"]
    offer = ev.Offered("alice", "100", OFFER.wall, {"authorization": "Digest 4711", "x-a": "b"})
    hall = Hall(
        tmp_path,
        flow.check(),
        [("a", offer)],
        [("a", ev.Answered())],
        [("a", ev.Digit("7"))],
        [("a", ev.PlayDone(1))],
        *keys,
    )
    for _ in range(8):
        hall.worker.turn()
    lines = hall.journal("a")
    assert "4711" not in json.dumps(lines)
    assert [line["key"] for line in lines if line.get("event") == "digit"] == ["*"] * 5
    assert lines[1]["headers"] == {"x-a": "b"}
    assert {"at": 0.0, "effect": "note", "kind": "entry", "detail": "typed ***"} in lines


def test_a_journal_that_cannot_be_written_costs_no_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "file"
    folder.write_text("in the way")
    hall = Hall(folder, menu(), [("a", OFFER)], [("b", OFFER)], [("a", ev.Answered())])
    for _ in range(3):
        hall.worker.turn()
    assert hall.phone.told("a")[0] == do.Answer()
    assert caplog.text.count("journals cannot be written") == 1


def test_a_message_that_the_drain_cut_off_is_in_the_journal(tmp_path: Path) -> None:
    flow = Flow("voicemail", start="only")

    @flow.state(recorded=END, too_short=END, failed=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        return (await record(call, beep=False)).outcome

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.Answered())])
    hall.worker.turn()
    hall.worker.turn()
    hall.worker.drain_seconds = 0.0
    hall.phone.last = [
        ("a", ev.RecordDone(1, 3.5, "hang_up", "a-1.wav")),
        ("a", ev.HungUp("drain")),
    ]
    hall.worker.drain()
    hall.worker.run()
    told = [line["event"] for line in hall.journal("a") if "event" in line]
    assert told == ["offered", "answered", "record_done", "hung_up"]


def test_a_call_has_a_marker_until_its_record_is_made(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.HungUp())])
    hall.worker.turn()
    assert (tmp_path / "spool/open/w0-1/a").samefile(tmp_path / "calls/2025-11-22/a.jsonl")
    hall.worker.turn()
    assert not list((tmp_path / "spool/open/w0-1").iterdir())
    assert (tmp_path / "spool/done/a").samefile(tmp_path / "calls/2025-11-22/a.jsonl")


def test_sip_messages_are_written_and_move_nothing(tmp_path: Path) -> None:
    def told(at: float, line: str, again: int = 0) -> Signalled:
        return Signalled(1000.0 + at, False, line, "1 INVITE", "audio 4000" * (at < 0), 0, again)

    hall = Hall(
        tmp_path,
        menu(),
        [("nobody", told(0, "BYE")), ("a", OFFER), ("a", told(-0.01, "INVITE"))],
        [("a", ev.HungUp("caller")), ("a", told(0.5, "SIP/2.0 200 OK", again=1))],
        [("a", told(0.6, "late"))],
    )
    for _ in range(2):
        hall.worker.turn()
    assert [line for line in hall.journal("a") if "sip" in line] == [
        {"at": 0.0, "sip": "INVITE", "sent": False, "leg": 0, "cseq": "1 INVITE",
         "media": "audio 4000"},
        {"at": 0.5, "sip": "SIP/2.0 200 OK", "sent": False, "leg": 0, "cseq": "1 INVITE",
         "again": 1},
    ]  # fmt: skip
    assert "sip" in hall.journal("a")[-1] and not hall.worker.sessions
    (file,) = hall.folder.glob("calls/*/a.jsonl")
    file.unlink()  # the caller is forgotten
    hall.worker.turn()
    assert not list(hall.folder.glob("calls/*/a.jsonl"))

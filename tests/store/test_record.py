"""The record of a call, read out of its journal."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine.events import Answered, Digit
from ivr.store import calls
from ivr.store.database import Database
from ivr.store.record import CallRecord, Unreadable, as_json, plain, record_of

from .house import BUSY, GONE, NOON, House, voicemail

BEGAN = datetime.fromtimestamp(NOON, UTC)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def read(house: House, call_id: str) -> CallRecord:
    path = house.spool.find(call_id)
    assert path
    return record_of(call_id, path.read_text().split("\n"))


def lines(*rows: dict[str, Any]) -> list[str]:
    return [json.dumps(row) for row in rows]


HEAD = {"at": 0.0, "call": "a", "flow": "office", "version": "v", "worker": "w", "wall": NOON}


def test_a_call_becomes_one_row(house: House) -> None:
    house.call("a", voicemail("/var/messages/a-1.wav"))
    record = read(house, "a")
    (message,) = record.messages
    assert replace(record, messages=()) == CallRecord(
        id="a",
        worker="w1-a",
        flow="office",
        version="0123456789ab",
        direction="in",
        caller="alice",
        dialled="100",
        began=BEGAN,
        answered=after(1),
        ended=after(4),
        seconds=4.0,
        answered_seconds=3.0,
        path="menu > voicemail",
        state="voicemail",
        outcome="message",
        ended_by="caller",
        code=200,
        reason="",
        inputs=({"state": "menu", "entry": "typed 2"},),
        media={"packets_lost": 1, "dtmf": "rfc4733"},
        dtmf="rfc4733",
        messages=(),
    )
    assert (message.kind, message.name, message.file) == ("message", "message", "a-1.wav")
    assert (message.began, message.seconds, message.reason) == (after(2), 3.0, "hang_up")


def test_a_caller_who_gives_up_before_the_answer(house: House) -> None:
    house.call("a", GONE)
    record = read(house, "a")
    assert (record.answered, record.answered_seconds) == (None, 0.0)
    assert (record.ended_by, record.code, record.seconds) == ("caller", 487, 1.0)


def test_a_call_out_that_nobody_took(house: House) -> None:
    house.call("a", BUSY, direction="out")
    record = read(house, "a")
    assert (record.direction, record.caller, record.dialled) == ("out", "alice", "100")
    assert (record.answered, record.path) == (None, "")
    assert (record.ended_by, record.code, record.reason) == ("far_end", 486, "Busy Here")


def test_a_call_without_an_end_was_cut_off_with_its_worker(house: House) -> None:
    house.call("a", [Answered(), Digit("2")])
    record = read(house, "a")
    assert (record.ended_by, record.ended, record.state) == ("worker", after(2), "voicemail")


@pytest.mark.parametrize("by, expected", [("flow", "error"), ("caller", "caller")])
def test_a_flow_that_failed_ended_the_call_unless_the_caller_was_quicker(
    by: str, expected: str
) -> None:
    record = record_of(
        "a",
        lines(
            HEAD,
            {"at": 1, "effect": "note", "kind": "failed", "detail": "menu: no such thing"},
            {"at": 2, "event": "hung_up", "by": by, "code": 0, "reason": ""},
        ),
    )
    assert (record.ended_by, record.reason) == (expected, "menu: no such thing")


def test_a_refused_call_has_the_code_of_the_refusal() -> None:
    record = record_of("a", lines(HEAD, {"at": 0, "effect": "reject", "code": 486}))
    assert record.code == 486


def test_the_recording_of_a_whole_call_says_how_the_caller_was_told() -> None:
    consent = ["recorded", {"text": "Press 1 if you mind."}]
    record = record_of(
        "a",
        lines(
            HEAD,
            {"at": 1, "effect": "record_call", "id": 7, "name": "all", "consent": consent},
            {"at": 9, "event": "record_done", "id": 7, "seconds": 8, "reason": "x", "file": "b"},
        ),
    )
    (message,) = record.messages
    assert (message.kind, message.name) == ("call", "all")
    assert message.consent == "recorded, Press 1 if you mind."
    assert message.began == after(1)


def test_a_journal_that_does_not_say_when_it_was_is_no_record() -> None:
    with pytest.raises(Unreadable, match="no line of its journal says when it came"):
        record_of("a", ['{"at": 0, "event": "off', "", "[]", '{"wall": "noon"}'])


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
EVENTS = ["offered", "answered", "hung_up", "record_done"]
EFFECTS = ["note", "reject", "record", "record_call"]
NOTES = ["state", "entry", "outcome", "failed"]
words = st.sampled_from([*EVENTS, *EFFECTS, *NOTES, "\0", "\ud800", "a/b.wav"])
ABOUT = [
    "at",
    "call",
    "direction",
    "event",
    "effect",
    "kind",
    "detail",
    "wall",
    "caller",
    "by",
    "code",
]
keys = st.sampled_from([*ABOUT, "reason", "id", "file", "name", "seconds", "media", "consent"])
some_line = st.dictionaries(keys, words | odd, max_size=6).map(json.dumps)
torn = st.builds(lambda line, end: line[:end], some_line, st.integers(0, 40))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('odd')}/calls.db")
    database.upgrade()
    return database


@settings(max_examples=100, deadline=None)
@given(journal=st.lists(some_line | torn | st.text(), max_size=12))
def test_whatever_a_journal_looks_like_its_record_can_be_kept(
    database: Database, journal: list[str]
) -> None:
    record = record_of("a", [json.dumps(HEAD), *journal])
    assert record.ended >= record.began
    assert 0 <= record.answered_seconds <= record.seconds
    calls.insert(database, [record], "here", lambda file: None)
    with database.writing() as connection:
        row = calls.one(connection, "a")
        calls.remove(connection, record.caller)
    assert row is not None and as_json(row) == plain(record, "here")
    json.dumps(row, default=str, allow_nan=False).encode()

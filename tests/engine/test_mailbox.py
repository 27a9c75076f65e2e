"""Mailboxes, as flows see them."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.engine.verb import Result
from ivr.engine.verbs import deliver, mailbox, mark_message

from .outside import Outside

MESSAGE = {"id": "1-7", "file": "a.wav", "caller": "+49", "at": 1741089600.5, "urgent": True}


def test_a_message_is_delivered() -> None:
    outside = Outside(
        lambda call: deliver(call, "{{ box }}", urgent=True), box="601", recording="a"
    )
    assert outside.ordered == {
        "action": "deliver", "box": "601", "file": "a", "urgent": True, "caller": "alice",
    }  # fmt: skip
    assert outside.done({}) == Result("ok")


def test_what_was_not_recorded_is_not_delivered() -> None:
    outside = Outside(lambda call: deliver(call, "601", "{{ recording | default('') }}"))
    assert outside.results[0] == Result("failed", reason="nothing was recorded")


def test_a_mailbox_is_looked_into() -> None:
    into = {"new": "new", "day": "message.day", "at": "message.time", "urgent": "message.urgent"}
    outside = Outside(
        lambda call: mailbox(call, "601", "new", "{{ '1-6' }}", into, ZoneInfo("Asia/Tokyo"))
    )
    assert outside.ordered == {"action": "look", "box": "601", "of": "new", "after": "1-6"}
    assert outside.done({"new": 1, "old": 0, "urgent": 1, "message": MESSAGE}).outcome == "found"
    assert outside.results[0].value == "1-7"
    assert outside.call.vars == {
        "new": 1, "day": date(2025, 3, 4), "at": time(21, 0, 0, 500000), "urgent": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "result"),
    [({"new": 0, "message": None}, Result("none")), (None, Result("none"))],
)
def test_nothing_is_found(value: Any, result: Result) -> None:
    outside = Outside(lambda call: mailbox(call, "601", into={"file": "message.file"}))
    assert outside.done(value) == result
    assert "file" not in outside.call.vars


def test_what_fails_is_told() -> None:
    outside = Outside(lambda call: mailbox(call, "601"))
    assert outside.done(None, "failed", "no database").outcome == "failed"


def test_a_message_is_marked() -> None:
    outside = Outside(lambda call: mark_message(call, "601", "{{ '1-7' }}", "deleted"))
    assert outside.ordered == {"action": "deleted", "box": "601", "id": "1-7"}
    assert outside.done({}) == Result("ok")

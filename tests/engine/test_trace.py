"""Events and effects as they are written down."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import (
    Effect,
    Given,
    HangUp,
    Note,
    Play,
    Recorded,
    Redirect,
    Reject,
    SendDigit,
    Text,
    Tone,
)
from ivr.engine.events import (
    Digit,
    Dismissed,
    Event,
    Heard,
    HungUp,
    Interjected,
    LegDigit,
    LegEnded,
    Moved,
    Offered,
    PlayDone,
    WorkDone,
)
from ivr.engine.trace import of_effect, of_event

CALL = Call("call-1")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (PlayDone(3), {"event": "play_done", "id": 3}),
        (
            HungUp("drain", media={"codec": "PCMU"}),
            {
                "event": "hung_up",
                "by": "drain",
                "code": 0,
                "reason": "",
                "media": {"codec": "PCMU"},
            },
        ),
        (Moved("menu"), {"event": "moved", "state": "menu"}),
        (Interjected(Text("hello")), {"event": "interjected", "prompt": {"text": "hello"}}),
        (Dismissed(), {"event": "dismissed"}),
        (LegDigit(1, "5"), {"event": "leg_digit", "leg": 1, "key": "*"}),
        (
            LegEnded(1, 486),
            {"event": "leg_ended", "leg": 1, "code": 486, "reason": ""},
        ),
    ],
)
def test_an_event_is_its_name_and_its_fields(event: Event, line: Mapping[str, Any]) -> None:
    assert of_event(event, CALL) == line


@pytest.mark.parametrize(
    ("effect", "line"),
    [
        (HangUp(), {"effect": "hang_up", "after": None, "by": "flow", "code": 480}),
        (Note("state", "menu"), {"effect": "note", "kind": "state", "detail": "menu"}),
        (
            Play(
                1, ("welcome", Text("hello"), Tone(440, 0.2), Recorded("a.wav"), Given("x")), "de"
            ),
            {
                "effect": "play",
                "id": 1,
                "prompts": [
                    "welcome",
                    {"text": "hello"},
                    {"tone": 440, "seconds": 0.2},
                    {"recording": "a.wav"},
                    {"argument": "x"},
                ],
                "language": "de",
                "over": False,
                "leg": 0,
            },
        ),
        (
            Redirect(("sip:a", "sip:b")),
            {
                "effect": "redirect",
                "contacts": ["sip:a", "sip:b"],
                "code": 302,
                "reason": "",
                "headers": {},
            },
        ),
        (
            Reject(503, headers=MappingProxyType({"Retry-After": "30"})),
            {"effect": "reject", "code": 503, "reason": "", "headers": {"Retry-After": "30"}},
        ),
        (
            SendDigit("5", leg=1),
            {"effect": "send_digit", "digit": "*", "by": "rfc4733", "seconds": 0.1, "leg": 1},
        ),
    ],
)
def test_an_effect_is_its_name_and_its_fields(effect: Effect, line: Mapping[str, Any]) -> None:
    assert json.loads(json.dumps(of_effect(effect))) == line


def test_credentials_are_left_out() -> None:
    headers = {"user-agent": "x", "authorization": "Digest", "proxy-authorization": "Digest"}
    line = of_event(Offered("alice", "100", headers=headers), CALL)
    assert line["headers"] == {"user-agent": "x"}


def test_a_key_shows_only_where_a_step_may_show_it() -> None:
    assert of_event(Digit("1"), CALL) == {"event": "digit", "key": "*"}
    assert of_event(Digit("1"), Call("x", reading=True)) == {"event": "digit", "key": "1"}


def test_what_is_said_at_a_sensitive_step_is_masked() -> None:
    call = Call("call-1", asking=True)
    assert of_event(Heard("four seven one one"), call)["text"] == "*"
    call.reading = True
    assert of_event(Heard("sales"), call)["text"] == "sales"


def test_what_work_failed_with_does_not_show_what_the_caller_typed() -> None:
    call = Call("call-1", secret_work={1})
    call.keep_secret("4711")
    call.keep_secret("")
    line = of_event(WorkDone(1, "failed", {"echo": "4711"}, "no 4711"), call)
    assert (line["value"], line["reason"]) == ("***", "no ***")
    assert of_event(WorkDone(2, value=["row"]), call)["value"] == ["row"]

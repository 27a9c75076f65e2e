"""Keys, whichever way they come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ivr.engine.effects import Answer, Effect, Play, Stop
from ivr.engine.events import Answered, Digit, Event, HungUp, LegAnswered, Offered
from ivr.sip.tones import KEYS

from ..ports import free_port
from . import sounds
from .conftest import Line, Script, StartLine
from .test_transfer import Desk, calls

pytestmark = pytest.mark.line


def answers() -> Script:
    def script(event: Event) -> Sequence[Effect]:
        return [Answer()] if isinstance(event, Offered) else []

    return script


def keys(phone: Line) -> str:
    return "".join(digit.key for digit in phone.of(Digit))


def test_every_key_by_rfc_4733_and_each_press_once(line: StartLine) -> None:
    phone = line(answers)
    call = phone.peer.up()
    phone.expect(Answered)
    for key in "1159*0#AD":
        call.press(key)
    phone.peer.expect(lambda: len(keys(phone)) >= 9, "nine keys")
    phone.peer.run(None, 0.2)
    assert keys(phone) == "1159*0#AD"


def test_every_key_by_info(line: StartLine) -> None:
    phone = line(answers)
    call = phone.peer.up()
    phone.expect(Answered)
    for signal in ("1", "10", "11", "*", "#", "0", "16", "junk"):
        call.info(signal)
    phone.peer.expect(lambda: len(call.responses) >= 10, "an answer to each INFO")
    phone.peer.expect(lambda: len(keys(phone)) >= 6, "six keys")
    assert [m.code for m in call.responses if m.method == "INFO"] == [200] * 8
    assert keys(phone) == "1*#*#0"


def test_an_info_that_no_line_end_ends(line: StartLine) -> None:
    """pjsip's own reading of it would abort the process."""
    phone = line(answers)
    call = phone.peer.up()
    phone.expect(Answered)
    call.request("INFO", "Signal=1", "application/dtmf-relay")
    phone.expect(Digit, count=1)
    assert keys(phone) == "1"
    assert call.status() == 200


def test_the_same_press_by_both_ways_is_one_key(line: StartLine) -> None:
    phone = line(answers)
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("7")
    call.info("7")
    call.press("8")
    phone.peer.expect(lambda: "8" in keys(phone), "the last key")
    assert keys(phone) == "78"


def test_a_flash_is_no_key(line: StartLine) -> None:
    phone = line(answers)
    call = phone.peer.up()
    phone.expect(Answered)
    call.flash()
    call.press("3")
    phone.peer.expect(lambda: keys(phone), "a key")
    assert keys(phone) == "3"


def test_no_key_is_ever_logged(line: StartLine, capfd: pytest.CaptureFixture[str]) -> None:
    phone = line(answers, log_level=9)
    call = phone.peer.up(events=False)
    phone.expect(Answered)
    call.info("7")
    call.press("9")
    phone.expect(Digit, count=1)
    call.bye()
    phone.end()
    log = capfd.readouterr().err
    assert "no telephone-event offered" in log
    assert "pjsip:" in log
    suspects = [
        row for row in log.splitlines() if "Signal" in row or "igit" in row or "DTMF" in row
    ]
    assert suspects == []


def stops() -> Script:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",))]
            case Digit():
                return [Stop(1)]
        return []

    return script


def test_every_key_by_its_tone_where_there_is_no_other_way(line: StartLine) -> None:
    phone = line(answers)
    call = phone.peer.up(events=False)
    phone.expect(Answered)
    parts = [np.concatenate([sounds.key(name, 0.05), sounds.silence(0.05)]) for name in KEYS]
    call.says += sounds.packets(np.concatenate([sounds.silence(0.013), *parts, parts[0], parts[0]]))
    phone.peer.expect(lambda: len(keys(phone)) >= 18, "18 keys")
    phone.peer.run(None, 0.2)
    assert keys(phone) == f"{KEYS}11"
    call.bye()
    assert phone.expect(HungUp).media["dtmf"] == "in-band"


def test_a_tone_stops_a_prompt(line: StartLine) -> None:
    phone = line(stops)
    call = phone.peer.up(events=False)
    phone.peer.expect(lambda: call.tones(), "sound")
    call.says += sounds.packets(sounds.key("5", 0.1))
    phone.expect(Digit)
    phone.peer.expect(lambda: call.hears_nothing, "the prompt stops", 5)
    assert keys(phone) == "5"


def test_tones_are_no_keys_where_keys_come_as_events(line: StartLine) -> None:
    phone = line(answers)
    call = phone.peer.up()
    phone.expect(Answered)
    call.says += sounds.packets(sounds.key("5", 0.2))
    phone.peer.run(lambda: not call.says, 1)
    call.press("7")
    phone.expect(Digit)
    assert keys(phone) == "7"


def test_tones_are_no_keys_once_a_key_came_as_an_event(line: StartLine) -> None:
    """Of an INVITE without SDP it is not known before."""
    phone = line(answers)
    call = phone.peer.up(offer=False)
    phone.expect(Answered)
    call.press("7")
    phone.expect(Digit)
    call.says += sounds.packets(np.concatenate([sounds.silence(0.1), sounds.key("5", 0.2)]))
    phone.peer.run(lambda: not call.says, 1)
    phone.peer.run(None, 0.1)
    assert keys(phone) == "7"


def test_the_same_press_as_a_tone_and_by_info_is_one_key(line: StartLine) -> None:
    """INFO comes when the key is let go: later than two presses by one way may follow."""
    phone = line(answers)
    call = phone.peer.up(events=False)
    phone.expect(Answered)
    call.says += sounds.packets(sounds.key("7", 1.0))
    phone.peer.expect(lambda: len(call.says) < 20, "the tone has lasted for long")
    call.info("7")
    call.info("8")
    phone.peer.expect(lambda: "8" in keys(phone), "the last key")
    assert keys(phone) == "78"


def test_tones_are_heard_after_hold(line: StartLine) -> None:
    phone = line(answers)
    call = phone.peer.up(events=False)
    phone.expect(Answered)
    for direction in ("sendonly", "sendrecv"):
        call.reinvite(direction)
        phone.peer.expect(lambda: call.answered, "a re-INVITE is answered")
        phone.peer.run(None, 0.2)
    call.says += sounds.packets(sounds.key("4", 0.1))
    phone.expect(Digit)
    assert keys(phone) == "4"


def test_a_tone_is_not_sent_on_as_an_event_to_those_who_hear_it(line: StartLine) -> None:
    port = free_port()

    phone = line(calls(f"sip:601@127.0.0.1:{port}"), peer_port=port)
    desk = Desk(phone, 200)
    call = phone.peer.up(events=False)
    phone.expect(LegAnswered)
    call.says += sounds.packets(sounds.key("4", 0.2))
    phone.peer.expect(lambda: not call.says, "the tone is over")
    phone.peer.run(None, 0.2)
    call.info("5")
    phone.peer.expect(lambda: desk.call.keys(), "a key that is sent on")
    phone.peer.expect(lambda: len(keys(phone)) > 1, "both keys")
    assert desk.call.keys() == "5"
    assert keys(phone) == "45"

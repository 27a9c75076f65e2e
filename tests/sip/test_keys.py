"""Keys, whichever way they come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.engine.effects import Answer, Effect
from ivr.engine.events import Answered, Digit, Event, Offered

from .conftest import Line, Script, StartLine

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

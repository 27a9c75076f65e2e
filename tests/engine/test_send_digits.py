"""Keys that the flow presses."""

from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import SendDigit
from ivr.engine.events import LegAnswered, LegEnded
from ivr.engine.verb import VERBS
from ivr.engine.verbs import send_digits, transfer

from .driver import Driver


def dialling(digits: str, **options: Any) -> Driver:
    phone = Driver(lambda call: send_digits(call, digits, **options))
    phone.start()
    return phone


def test_one_after_the_other() -> None:
    phone = dialling("1A#")
    assert phone.effects[1:] == [SendDigit("1")]
    assert phone.wait(0.19) == []
    assert phone.wait(0.02) == [SendDigit("A")]
    assert phone.wait(0.2) == [SendDigit("#")]
    assert not phone.session.ended
    phone.wait(0.2)
    assert phone.session.ended_by == "flow"


def test_with_pauses_between() -> None:
    phone = dialling("1wW2", by="info", duration=0.25, gap=0.15)
    assert phone.effects[1:] == [SendDigit("1", "info", 0.25)]
    assert phone.wait(0.4 + 1.49) == []
    assert phone.wait(0.02) == [SendDigit("2", "info", 0.25)]


def test_keys_of_the_caller_do_not_hurry_it() -> None:
    phone = dialling("12")
    assert phone.press("5") == []
    assert phone.wait(0.2) == [SendDigit("2")]
    assert list(phone.call.keys) == ["5"]


def test_texts_are_filled_in() -> None:
    async def dial(call: Call) -> Any:
        call.vars["code"] = "4#"
        return await send_digits(call, "{{ code }}")

    phone = Driver(dial)
    phone.start()
    phone.wait(1)
    assert [e.digit for e in phone.effects if isinstance(e, SendDigit)] == ["4", "#"]


def test_a_hang_up_ends_it() -> None:
    phone = dialling("123")
    phone.hang_up()
    assert phone.wait(5) == []


def test_after_a_conversation_it_is_the_caller_who_hears_them() -> None:
    async def hand_over(call: Call) -> Any:
        await transfer(call, "sip:601@pbx")
        return await send_digits(call, "1")

    phone = Driver(hand_over)
    phone.start()
    phone.take(LegAnswered(1))
    assert phone.press("5") == [SendDigit("5", leg=1)]
    assert phone.take(LegEnded(1, 200)) == [SendDigit("1", leg=0)]


WRONG = [
    ("12x", "'x' cannot be sent; expected some of 0123456789*#ABCD, w"),
    ("1" * 101, "at most"),
]


@pytest.mark.parametrize(("digits", "wrong"), WRONG)
def test_what_is_no_key_fails(digits: str, wrong: str) -> None:
    assert wrong in dialling(digits).noted("failed")[0]
    assert wrong in VERBS["send_digits"].check({"digits": digits})


@pytest.mark.parametrize("digits", ["{{ x }}", "0123456789*#ABCDwW", ""])
def test_what_is_right_passes(digits: str) -> None:
    assert VERBS["send_digits"].check({"digits": digits}) == ""


def test_not_before_the_answer() -> None:
    phone = Driver(lambda call: send_digits(call, "1"))
    phone.offered()
    assert "put answer before it" in VERBS["send_digits"].standing.otherwise
    assert phone.call.phase not in VERBS["send_digits"].standing.phases

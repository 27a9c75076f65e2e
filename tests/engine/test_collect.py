"""SEMANTICS 6 and 13: what an entry must be, and that the caller is asked whether it is right."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Mask, RecordCall, Text, Work
from ivr.engine.events import WorkDone
from ivr.engine.validators import Asked, Between
from ivr.engine.values import Secret
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import collect, set_variables
from ivr.engine.work import WhileWaiting

from .driver import Driver

NOON = 1741089600.0  # 2025-03-04 12:00 UTC


def entry(**arguments: Any) -> Driver:
    phone = Driver(lambda call: collect(call, "number", into="x", **arguments))
    phone.start(wall=NOON)
    return phone


def heard(phone: Driver) -> tuple[object, ...]:
    assert phone.playing, "nothing is playing"
    return phone.playing.prompts


def job(phone: Driver) -> Work:
    return next(each for each in reversed(phone.effects) if isinstance(each, Work))


# Patterns and keys.


def test_a_pattern_decides_what_is_an_entry() -> None:
    phone = entry(patterns=("49XXXX", "[2-9]XX"))
    phone.press("211")
    assert phone.result == Result("done", "211")
    assert phone.call.vars["x"] == "211"


def test_what_fits_no_pattern_is_wrong_at_once() -> None:
    phone = entry(patterns=("49XXXX",), no_match_prompts=("wrong",))
    phone.press("48")
    assert heard(phone) == ("wrong", "number")


def test_yes_and_no_can_have_other_keys() -> None:
    phone = entry(type="boolean", yes="7", no="9")
    phone.press("9")
    assert phone.call.vars["x"] is False


def test_a_question_can_be_another_one_each_time_that_it_is_asked() -> None:
    phone = entry(length=1, again_prompts=("second", "third"), attempts=4)
    said = [heard(phone)]
    for _ in range(3):
        phone.press("*")
        said.append(heard(phone))
    assert said == [("number",), ("second",), ("third",), ("third",)]


# Validators.


@pytest.mark.parametrize(
    ("validate", "type", "good", "bad"),
    [
        ("luhn", "digits", "79927398713", "79927398714"),
        ("verhoeff", "digits", "2363", "2364"),
        ("ean", "digits", "4006381333931", "4006381333932"),
        ("imei", "digits", "490154203237518", "490154203237519"),
        ("future", "date", "20250305", "20250304"),
        ("past", "date", "20250303", "20250304"),
        (Between(date(2025, 1, 1), date(2025, 12, 31)), "date", "20251231", "20260101"),
        (Between("today", "tomorrow"), "date", "20250305", "20250306"),
        (Between(1, 31), "number", "31", "32"),
        (Between(least=10), "number", "10", "9"),
        (Between(most=Decimal("99.50")), "currency", "99*5", "99*51"),
        (lambda value: value == "42", "digits", "42", "43"),
    ],
)
def test_an_entry_must_be_valid(validate: Any, type: str, good: str, bad: str) -> None:
    assert not VERBS["collect"].check({"type": type, "validate": (validate,)})
    phone = entry(type=type, validate=(validate,), invalid_prompts=("invalid",))
    phone.press(f"{bad}#")
    if type != "date":
        assert "x" not in phone.call.vars
    assert heard(phone) == ("invalid", "number")
    phone.press(f"{good}#")
    assert phone.result.outcome == "done"


def test_a_day_is_one_of_its_zone() -> None:
    tokyo = Between("today", "today", ZoneInfo("Asia/Tokyo"))
    phone = Driver(lambda call: collect(call, into="x", type="date", validate=(tokyo,)))
    phone.start(wall=NOON + 5 * 3600)  # 02:00 of the next day
    phone.press("20250305")
    assert phone.result.outcome == "done"


@pytest.mark.parametrize("validate", [Between("today", "today"), "past"])
def test_a_day_is_one_of_the_flow_s_zone_where_none_is_named(validate: Any) -> None:
    phone = Driver(lambda call: collect(call, into="x", type="date", validate=(validate,)))
    phone.call.zone = ZoneInfo("Asia/Tokyo")
    phone.start(wall=NOON + 5 * 3600)  # 02:00 of the next day
    phone.press("20250304" if validate == "past" else "20250305")
    assert phone.result.outcome == "done"


def test_an_invalid_entry_counts_as_a_wrong_one() -> None:
    phone = entry(length=2, validate=("luhn",), attempts=2, no_match_prompts=("wrong",))
    phone.press("11")
    assert heard(phone) == ("wrong", "number"), "without prompts of its own"
    phone.press("11")
    assert phone.result == Result("no_match", "11")
    assert phone.noted("invalid") == ["", ""]


def test_all_of_several_must_hold() -> None:
    phone = entry(length=2, validate=(lambda v: v < "50", lambda v: v > "20"))
    for keys in ("77", "11"):
        phone.press(keys)
        assert not phone.results
    phone.press("33")
    assert phone.result.outcome == "done"


def test_a_function_of_the_flow_may_wait() -> None:
    async def known(value: Any) -> bool:
        return bool(value == "12")

    phone = entry(length=2, validate=(known,))
    phone.press("12")
    assert phone.result.outcome == "done"


@pytest.mark.parametrize(("found", "outcome"), [(True, "done"), (False, None), (None, None)])
def test_a_python_function_outside_may_say_so(found: object, outcome: str | None) -> None:
    phone = entry(length=2, validate=(Asked("checks:member", 2.0),))
    phone.press("12")
    assert job(phone).order == {"function": "checks:member", "arguments": {"value": "12"}}
    assert job(phone).job == "python" and job(phone).seconds == 2
    phone.take(WorkDone(job(phone).id, value=found))
    assert [result.outcome for result in phone.results] == ([outcome] if outcome else [])


@pytest.mark.parametrize(("outcome", "reason"), [("failed", "no such table"), ("timeout", "")])
def test_where_it_cannot_be_told_the_caller_is_not_asked_again(outcome: Any, reason: str) -> None:
    phone = entry(length=2, validate=(Asked("checks:member"),))
    phone.press("12")
    phone.take(WorkDone(job(phone).id, outcome, reason=reason))
    assert phone.result == Result("no_match", "12", reason=outcome)
    assert phone.noted("not_validated") == [reason or outcome]


def test_something_is_heard_meanwhile() -> None:
    waiting = WhileWaiting(("one_moment",), after=1.0)
    phone = entry(length=2, validate=(Asked("checks:member"),), while_waiting=waiting)
    phone.press("12")
    phone.wait(1)
    assert heard(phone) == ("one_moment",)


def test_a_secret_stays_one_for_who_validates_it() -> None:
    given = []

    def look(value: object) -> bool:
        given.append(value)
        return True

    phone = entry(length=4, sensitive=True, validate=("luhn", look, Asked("checks:card")))
    phone.press("0000")
    assert [type(each) for each in given] == [Secret]
    assert isinstance(job(phone).order["arguments"]["value"], Secret)
    assert job(phone).id in phone.call.secret_work
    phone.take(WorkDone(job(phone).id, value=True))
    assert phone.result.value == Secret("0000")
    assert "0000" not in "\n".join(phone.journal)


@pytest.mark.parametrize(
    ("validate", "words"), [("lun", "no validator 'lun'"), (Between(1), "cannot be compared")]
)
def test_a_validator_that_does_not_fit_is_the_authors_fault(validate: Any, words: str) -> None:
    phone = entry(length=2, validate=(validate,))
    phone.press("12")
    assert words in phone.noted("failed")[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"validate": (Between(1, 5),)}, "the range of 1 goes with type: number or currency"),
        ({"validate": ("future",)}, "the range of tomorrow goes with type: date"),
        ({"validate": (Between(date(2025, 1, 1)),), "type": "number"}, "goes with type: date"),
        ({"patterns": ("6XX",), "min": 3}, "patterns say it all; leave min out"),
        ({"patterns": ("6XX",), "type": "date"}, "patterns say it all; leave type out"),
        ({"patterns": ("#X",)}, "the terminator '#' can be part of the entry"),
        ({"type": "boolean", "yes": "#"}, "the terminator '#' can be part of the entry"),
        ({"yes": "1", "no": "1"}, "1 cannot mean both yes and no"),
        ({"yes": "", "no": "1"}, "yes and no need a key each"),
        ({"read_back": ("x",), "sensitive": True}, "what is sensitive cannot be read back"),
    ],
)
def test_what_cannot_be_meant(arguments: dict[str, Any], words: str) -> None:
    assert words in VERBS["collect"].check(arguments)


# Reading back.

READ = (Text("You typed {{ x }}."),)


def read(**arguments: Any) -> Driver:
    phone = entry(length=2, read_back=READ, **arguments)
    phone.press("12")
    return phone


def test_an_entry_is_read_back_and_asked_about() -> None:
    phone = read()
    keys = "If this is right, press 1. To enter it again, press 2."
    assert heard(phone) == (Text("You typed 12."), Text(keys))
    phone.press("1")
    assert phone.result == Result("done", "12")
    assert phone.call.vars["x"] == "12"


def test_no_asks_for_another_one_at_no_cost() -> None:
    phone = read(attempts=1)
    phone.press("2")
    assert heard(phone) == ("number",)
    assert "x" not in phone.call.vars
    phone.press("341")
    assert phone.result == Result("done", "34")


def test_saying_no_too_often_is_a_wrong_entry() -> None:
    phone = read(read_back_attempts=2)
    phone.press("2342")
    assert phone.result == Result("no_match", "34")


def test_whoever_does_not_answer_is_asked_again_and_then_given_up() -> None:
    phone = read(read_back_attempts=2)
    for _ in range(2):
        assert not phone.results
        phone.play_done()
        phone.wait(5)
    assert phone.result == Result("no_input")
    assert "x" not in phone.call.vars


def test_what_nobody_said_yes_to_is_not_kept() -> None:
    phone = read()
    phone.hang_up()
    assert "x" not in phone.call.vars
    assert phone.noted("variables") == []


def test_what_was_there_before_stays_until_an_entry_is_right() -> None:
    async def again(call: Call) -> Result:
        call.vars["x"] = "old"
        return await collect(
            call, "number", into="x", length=2, read_back=READ, read_back_attempts=1
        )

    phone = Driver(again)
    phone.start()
    phone.press("122")
    assert phone.result.outcome == "no_match"
    assert phone.call.vars["x"] == "old"


def test_it_can_be_answered_by_word_in_the_callers_language() -> None:
    async def german(call: Call) -> Result:
        call.given_language = "de"
        return await collect(call, "number", into="x", length=2, read_back=READ)

    phone = Driver(german)
    phone.start()
    phone.press("12")
    phone.say("nein danke")
    assert heard(phone) == ("number",)
    phone.press("34")
    phone.say("ja", confidence=0.2)
    assert not phone.results
    phone.say("ja")
    assert phone.result.outcome == "done"


def test_an_empty_entry_is_neither_validated_nor_read_back() -> None:
    phone = entry(length=2, read_back=READ, validate=("luhn",), allow_empty=True)
    phone.press("#")
    assert phone.result == Result("empty", "", "#")


def test_a_recording_is_masked_while_a_secret_is_validated() -> None:
    async def recorded(call: Call) -> Result:
        call.recording = call.new_id()
        call.emit(RecordCall(call.recording, "call"))
        return await collect(
            call, "pin", into="x", length=2, sensitive=True, validate=(Asked("checks:pin"),)
        )

    phone = Driver(recorded)
    phone.start()
    phone.press("12")
    assert [each for each in phone.effects if isinstance(each, Mask)] == [Mask(True)]
    phone.take(WorkDone(job(phone).id, value=True))
    assert phone.result.outcome == "done"


def test_a_pattern_may_come_from_a_variable() -> None:
    async def walk(call: Call) -> Result:
        await set_variables(call, shapes="'6XX 70'")
        return await collect(call, "which", into="extension", patterns=("{{ shapes }}", "9"))

    for keys in ("601", "70", "9"):
        phone = Driver(walk)
        phone.start()
        phone.press(keys)
        assert phone.call.vars["extension"] == keys


def test_a_variable_that_is_no_pattern_is_the_authors_fault() -> None:
    phone = Driver(lambda call: collect(call, "which", into="x", patterns=("{{ caller }}",)))
    phone.start()
    assert "is no dial pattern" in phone.noted("failed")[0]
    check = VERBS["collect"].check
    assert not check({"patterns": ["{{ x }}"], "terminators": "#"})

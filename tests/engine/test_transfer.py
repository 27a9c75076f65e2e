"""SEMANTICS 9: handing the caller over, and coming back."""

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Stop, Transfer, TransferMode
from ivr.engine.events import Joined, TransferDone, TransferOutcome
from ivr.engine.flow import END, Flow
from ivr.engine.values import Value
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import set_variables, transfer
from ivr.engine.verbs.transfer import GRACE, LONGEST_CONVERSATION

from .driver import Driver


def transferring(mode: TransferMode = "bridge") -> Driver:
    async def hand_over(call: Call) -> Result:
        return await transfer(call, "sip:601@pbx", ring=20, mode=mode)

    phone = Driver(hand_over)
    phone.start()
    assert phone.effects[-1] == Transfer(1, "sip:601@pbx", 20, mode)
    return phone


@pytest.mark.parametrize(
    ("outcome", "code", "reason"),
    [
        ("answered", 200, ""),
        ("busy", 486, ""),
        ("no_answer", 480, ""),
        ("rejected", 603, ""),
        ("unreachable", 0, "no_slot"),
        ("failed", 500, ""),
    ],
)
def test_every_outcome_comes_back_with_its_code_and_reason(
    outcome: TransferOutcome, code: int, reason: str
) -> None:
    phone = transferring()
    phone.take(TransferDone(1, outcome, code, reason))
    assert phone.result == Result(outcome, code=code, reason=reason)
    assert phone.noted("transfer") == [f"{outcome} {code or ''} {reason}".strip()]


def test_the_end_of_another_transfer_is_not_its_end() -> None:
    phone = transferring()
    phone.take(TransferDone(7, "busy"))
    phone.take(Joined(7))
    assert not phone.results
    assert phone.session.deadline == phone.now + 20 + GRACE


@pytest.mark.parametrize(("mode", "tries"), [("bridge", 1), ("refer", 1), ("refer_then_bridge", 2)])
def test_without_a_report_the_flow_goes_on(mode: TransferMode, tries: int) -> None:
    phone = transferring(mode)
    assert phone.wait(tries * 20 + GRACE - 0.1) == []
    assert Stop(1) in phone.wait(0.1)
    assert phone.result == Result("no_answer", code=408)


def test_keys_meanwhile_do_not_move_the_deadline() -> None:
    phone = transferring()
    deadline = phone.session.deadline
    phone.wait(10)
    phone.press("1")
    assert phone.session.deadline == deadline


def test_a_conversation_may_last() -> None:
    phone = transferring()
    phone.take(Joined(1))
    assert phone.wait(3 * 3600) == []
    phone.take(TransferDone(1, "answered", 200))
    assert phone.result == Result("answered", code=200)


def test_a_conversation_does_not_last_for_ever_and_was_answered_all_the_same() -> None:
    phone = transferring()
    phone.take(Joined(1))
    assert Stop(1) in phone.wait(LONGEST_CONVERSATION)
    assert phone.result == Result("answered", reason="max_time")
    assert phone.noted("transfer") == ["answered  max_time"]


def test_the_second_leg_is_cancelled_when_the_caller_hangs_up() -> None:
    assert transferring().hang_up() == [Stop(1)]


def test_a_call_is_not_transferred_before_the_answer() -> None:
    flow = Flow("first", start="first")

    @flow.state(done=END)
    async def first(call: Call) -> str:
        return (await transfer(call, "sip:1@pbx")).outcome

    phone = Driver(flow=flow)
    phone.offered()
    assert "redirect it instead" in phone.noted("failed")[0]


def to(target: str, value: Value, *allow: str) -> Driver:
    async def dial(call: Call) -> Result:
        call.vars["number"] = value
        return await transfer(call, target, allow=allow)

    phone = Driver(lambda call: set_variables(call), dial)
    phone.start()
    return phone


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("sip:{{ number }}@pbx", "601"),
        ("sips:{{ number }}@pbx:5061;transport=tls", "699"),
        ("sip:{{ number }};phone-context=x@pbx", "601"),
        ("tel:{{ number }}", "601"),
        ("sip:{{ number }}@pbx", "*1"),
    ],
)
def test_a_number_that_matches_an_allowed_pattern_is_dialled(target: str, number: str) -> None:
    phone = to(target, number, "*1", "6XX")
    expected = target.replace("{{ number }}", number)
    assert phone.effects[-1] == Transfer(1, expected, 25.0)


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("sip:{{ number }}@pbx", "701"),
        ("sip:{{ number }}@pbx", "6011"),
        ("sip:{{ number }}@pbx", ""),
        ("sip:{{ number }}@pbx", "601@evil.example;x="),
        ("sip:{{ number }}@pbx", "601@evil.example"),
        ("sip:{{ number }}@pbx", "601;x=y@evil.example;"),
        ("sip:{{ number }}@pbx", "601:secret"),
        ("sip:{{ number }}@pbx", "601?Replaces=1"),
        ("sip:{{ number }}@pbx", "601 "),
        ("sip:{{ number }}@pbx", "601\r\nX: y"),
        ("sip:{{ number }}@pbx", "601>"),
        ("{{ number }}@pbx", "601"),
        ("http:{{ number }}@pbx", "601"),
    ],
)
def test_any_other_number_is_refused_and_nothing_is_dialled(target: str, number: str) -> None:
    phone = to(target, number, "*1", "6XX")
    assert phone.result == Result("rejected", reason="not_allowed")
    assert not any(isinstance(effect, Transfer) for effect in phone.effects)
    assert phone.noted("transfer_refused")[0].endswith("allowed are *1, 6XX")


def test_an_address_made_of_variables_needs_allowed_patterns() -> None:
    check = VERBS["transfer"].check
    assert "needs allow" in check({"to": "sip:{{ number }}@pbx"})
    assert check({"to": "sip:{{ number }}@pbx", "allow": ("6XX",)}) == ""
    assert check({"to": "sip:601@pbx"}) == ""

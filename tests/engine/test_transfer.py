"""SEMANTICS 9: handing the caller over, and coming back."""

from typing import Any

import pytest

from ivr.engine.bridge import BETWEEN_KEYS, RINGBACK
from ivr.engine.call import Call
from ivr.engine.effects import Dial, Drop, Effect, HangUp, Join, Play, Refer, SendDigit, Stop
from ivr.engine.events import (
    LegAnswered,
    LegDigit,
    LegEnded,
    LegRinging,
    PlayDone,
    ReferDone,
)
from ivr.engine.far_end import TransferOutcome, outcome_of
from ivr.engine.flow import END, Flow
from ivr.engine.speak import LONGEST_PLAYBACK
from ivr.engine.values import Value
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import set_variables, transfer
from ivr.engine.verbs.transfer import LONGEST_CONVERSATION

from .driver import Driver

ONE, TWO = "sip:601@pbx", "sip:602@pbx"


def transferring(*to: str, **given: Any) -> Driver:
    async def hand_over(call: Call) -> Result:
        return await transfer(call, *(to or (ONE,)), **{"ring": 20, **given})

    phone = Driver(hand_over)
    phone.start()
    return phone


def talking(**given: Any) -> Driver:
    phone = transferring(**given)
    assert phone.take(LegAnswered(1))[-1] == Join(1)
    return phone


def dialled(phone: Driver) -> list[str]:
    return [effect.to for effect in phone.effects if isinstance(effect, Dial)]


def played(effects: list[Effect]) -> list[tuple[int, Any]]:
    return [(effect.leg, effect.prompts) for effect in effects if isinstance(effect, Play)]


# -- how it ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason", "outcome"),
    [
        (486, "", "busy"),
        (600, "", "busy"),
        (480, "", "no_answer"),
        (603, "", "rejected"),
        (404, "", "unreachable"),
        (302, "", "unreachable"),
        (503, "", "unreachable"),
        (0, "no_slot", "unreachable"),
        (0, "not_allowed", "rejected"),
        (0, "too_many_calls", "rejected"),
        (0, "too_many_minutes", "rejected"),
        (420, "", "failed"),
    ],
)
def test_every_outcome_comes_back_with_its_code_and_reason(
    code: int, reason: str, outcome: TransferOutcome
) -> None:
    phone = transferring()
    phone.take(LegEnded(1, code, reason))
    assert phone.result == Result(outcome, code=code, reason=reason)
    assert phone.noted("transfer") == [f"{outcome} {code or ''} {reason}".strip()]
    assert phone.noted("leg") == [f"1 {outcome} {code or ''} {reason}".strip()]


def test_a_conversation_is_over_when_the_far_end_leaves() -> None:
    phone = talking()
    assert phone.wait(3 * 3600) == []
    phone.take(LegEnded(2, 200))
    assert not phone.results, "some other leg"
    assert phone.take(LegEnded(1, 200)) == [HangUp()], "nothing is left to be dropped"
    assert phone.result == Result("answered", code=200)


def test_who_does_not_answer_is_called_no_longer() -> None:
    phone = transferring()
    phone.take(LegRinging(1))
    assert phone.wait(19.9) == [] and not phone.results
    assert Drop(1) in phone.wait(0.1)
    assert phone.result == Result("no_answer", code=408)


def test_keys_meanwhile_do_not_move_the_deadline() -> None:
    phone = transferring()
    phone.wait(10)
    phone.press("1")
    assert phone.session.deadline == phone.now + 10


@pytest.mark.parametrize("answered", [False, True])
def test_the_second_leg_is_dropped_when_the_caller_hangs_up(answered: bool) -> None:
    phone = transferring()
    if answered:
        phone.take(LegAnswered(1))
    assert phone.hang_up()[-1] == Drop(1)


# -- what the caller hears meanwhile --------------------------------------------------------------


def test_the_caller_hears_it_ring_until_somebody_answers() -> None:
    phone = transferring()
    assert phone.playing and phone.playing.prompts == RINGBACK
    phone.wait(5)
    phone.play_done()
    assert phone.playing and phone.playing.prompts == RINGBACK
    phone.take(PlayDone(99))
    ringing = phone.playing.id
    assert phone.take(LegAnswered(1)) == [Stop(ringing), Join(1)]


def test_music_that_cannot_be_played_is_not_begun_for_ever() -> None:
    phone = transferring(music=("gone",))
    phone.play_done()
    assert phone.playing is None


def test_music_takes_the_place_of_ringing() -> None:
    phone = transferring(music=("song",), ringing="silence")
    assert phone.playing and phone.playing.prompts == ("song",)


def test_silence_on_request() -> None:
    phone = transferring(ringing="silence")
    assert phone.effects[-1] == Dial(1, ONE)
    assert phone.playing is None


def test_the_far_ends_own_sound_is_heard_where_it_has_one() -> None:
    phone = transferring(ONE, TWO, ringing="far_end", order="parallel")
    ringing = phone.playing
    assert ringing
    phone.take(LegRinging(1))
    assert phone.take(LegRinging(2, 183, early=True)) == [Stop(ringing.id), Join(2, early=True)]
    assert phone.take(LegRinging(1, 183, early=True)) == [], "one at a time"
    assert [p for _, p in played(phone.take(LegEnded(2, 486)))] == [RINGBACK]
    assert phone.take(LegRinging(1, 183, early=True))[-1] == Join(1, early=True)
    assert phone.take(LegAnswered(1))[-1] == Join(1)


def test_the_far_ends_own_sound_is_not_heard_unasked() -> None:
    phone = transferring()
    assert phone.take(LegRinging(1, 183, early=True)) == []


# -- the hunt -------------------------------------------------------------------------------------


def test_one_after_the_other() -> None:
    phone = transferring(ONE, TWO)
    assert dialled(phone) == [ONE]
    phone.take(LegEnded(1, 486))
    assert dialled(phone) == [ONE, TWO]
    phone.take(LegAnswered(2))
    phone.take(LegEnded(2, 200))
    assert phone.result == Result("answered", code=200)


def test_all_at_once_and_the_first_has_it() -> None:
    phone = transferring(ONE, TWO, order="parallel")
    assert dialled(phone) == [ONE, TWO]
    assert phone.take(LegAnswered(2))[1:] == [Drop(1), Join(2)]
    phone.take(LegAnswered(1))
    phone.take(LegEnded(2, 200))
    assert phone.result.outcome == "answered"


def test_of_several_who_did_not_come_the_one_who_says_most_is_told() -> None:
    phone = transferring(ONE, TWO, "sip:603@pbx", order="parallel")
    phone.take(LegEnded(1, 404))
    phone.take(LegEnded(2, 486))
    phone.wait(20)
    assert phone.result == Result("busy", code=486)


def test_who_thinks_about_it_has_his_own_time() -> None:
    phone = transferring(ONE, TWO, order="parallel", accept="1", accept_within=15)
    phone.wait(10)
    phone.take(LegAnswered(1))
    assert phone.wait(10) == [Drop(2)], "the other one has rung for long enough"
    assert phone.take(LegDigit(1, "1"))[-1] == Join(1)


def test_the_number_that_is_shown() -> None:
    phone = transferring(caller_id="{{ dialled }}")
    assert phone.effects[-1] == Dial(1, ONE, "100")


# -- whisper and acceptance -----------------------------------------------------------------------


def test_who_answers_hears_who_calls_before_he_is_joined() -> None:
    phone = transferring(whisper=("from_the_shop",))
    [whisper] = phone.take(LegAnswered(1))
    assert isinstance(whisper, Play) and whisper.leg == 1
    assert phone.take(PlayDone(whisper.id))[-1] == Join(1)


def test_who_answers_takes_the_call_with_a_key() -> None:
    phone = transferring(whisper=("press_one",), accept="1")
    [whisper] = phone.take(LegAnswered(1))
    assert isinstance(whisper, Play)
    phone.take(LegDigit(1, "5"))
    assert phone.take(LegDigit(1, "1"))[1:] == [Stop(whisper.id), Join(1)]


def test_a_key_before_the_answer_takes_nothing() -> None:
    phone = transferring(accept="1")
    assert phone.take(LegDigit(1, "1")) == []


def test_a_mailbox_presses_nothing() -> None:
    phone = transferring(ONE, TWO, whisper=("press_one",), accept="1", accept_within=10)
    [whisper] = phone.take(LegAnswered(1))
    assert isinstance(whisper, Play)
    phone.take(PlayDone(whisper.id))
    assert Drop(1) in phone.wait(10)
    assert dialled(phone) == [ONE, TWO]
    phone.take(LegEnded(2, 603))
    assert phone.noted("leg")[0] == "1 rejected 480 not_accepted"
    assert phone.result == Result("rejected", code=480, reason="not_accepted")


def test_who_hangs_up_on_the_question_did_not_take_it() -> None:
    phone = transferring(accept="1", ringing="far_end")
    phone.take(LegRinging(1, 183, early=True))
    again = phone.take(LegAnswered(1))
    assert [prompts for _, prompts in played(again)] == [RINGBACK], "nothing of his is heard yet"
    phone.take(LegEnded(1, 200))
    assert phone.result == Result("rejected", code=480, reason="not_accepted")


def test_a_whisper_without_end_gives_up() -> None:
    phone = transferring(whisper=("press_one",))
    phone.take(LegAnswered(1))
    phone.wait(LONGEST_PLAYBACK)
    assert phone.result.reason == "not_accepted"


# -- the conversation -----------------------------------------------------------------------------


def test_it_does_not_last_for_ever_and_was_answered_all_the_same() -> None:
    phone = talking()
    assert Drop(1) in phone.wait(LONGEST_CONVERSATION)
    assert phone.result == Result("answered", code=200, reason="max_time")
    assert phone.noted("transfer") == ["answered 200 max_time"]


def test_both_are_warned_before_time_is_up() -> None:
    phone = talking(longest=60, warning=("one_minute",), warn_before=10)
    assert phone.wait(49.9) == []
    assert played(phone.wait(0.1)) == [(0, ("one_minute",)), (1, ("one_minute",))]
    phone.wait(10)
    assert phone.result.reason == "max_time"


def test_keys_pass_both_ways() -> None:
    phone = talking()
    assert phone.press("5#") == [SendDigit("5", leg=1), SendDigit("#", leg=1)]
    assert phone.take(LegDigit(1, "8")) == [SendDigit("8")]
    assert phone.take(LegDigit(7, "8")) == []


def test_keys_that_are_caught_take_the_caller_back() -> None:
    phone = talking(catch=("*0", "**1"))
    assert phone.press("1*") == [SendDigit("1", leg=1)], "one is held back"
    assert phone.press("0") == [Drop(1), HangUp()]
    assert phone.result == Result("answered", "*0", code=200, reason="caught")


def test_keys_that_only_begin_like_them_pass_late() -> None:
    phone = talking(catch=("*0", "**1"))
    assert phone.press("*5") == [SendDigit("*", leg=1), SendDigit("5", leg=1)]
    assert phone.press("**") == []
    assert phone.press("*0") == [SendDigit("*", leg=1), SendDigit("*", leg=1), Drop(1), HangUp()]


def test_a_key_that_is_held_back_passes_when_no_other_comes() -> None:
    phone = talking(catch=("*0",))
    phone.press("*")
    assert phone.wait(BETWEEN_KEYS) == [SendDigit("*", leg=1)]
    assert phone.wait(60) == []


def test_a_pattern_may_begin_with_another() -> None:
    phone = talking(catch=("*", "*0"))
    phone.press("*")
    assert phone.result.value == "*"


# -- REFER ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason", "outcome"),
    [(200, "", "answered"), (486, "", "busy"), (0, "refused", "unreachable")],
)
def test_a_phone_that_is_referred_tells_what_came_of_it(
    code: int, reason: str, outcome: str
) -> None:
    phone = transferring(mode="refer")
    assert phone.effects[-1] == Refer(1, ONE)
    phone.take(ReferDone(7, 486))
    assert phone.take(ReferDone(1, code, reason)) == [HangUp()]
    assert phone.result == Result(outcome, code=code, reason=reason)


def test_a_phone_that_tells_nothing_is_not_waited_for() -> None:
    phone = transferring(mode="refer")
    assert phone.wait(20) == [Stop(1), HangUp()]
    assert phone.result == Result("no_answer", code=408)
    assert transferring(mode="refer").hang_up() == [Stop(1)]


def test_a_refused_refer_becomes_a_bridge() -> None:
    phone = transferring(mode="refer_then_bridge")
    phone.take(ReferDone(1, 405))
    assert dialled(phone) == [ONE]
    phone = transferring(mode="refer_then_bridge")
    phone.take(ReferDone(1, 200))
    assert dialled(phone) == []
    assert phone.result.outcome == "answered"


def test_an_attended_transfer_lets_the_phone_take_our_place() -> None:
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer) and (refer.to, refer.leg) == (ONE, 1)
    assert phone.take(ReferDone(refer.id, 200)) == [Drop(1), HangUp()]
    assert phone.result == Result("answered", code=200)


def test_an_attended_transfer_that_the_phone_refuses_stays_a_bridge() -> None:
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer)
    assert phone.take(ReferDone(refer.id, 603)) == [Join(1)]
    phone.take(LegEnded(1, 200))
    assert phone.result.outcome == "answered"


# -- who may be called ----------------------------------------------------------------------------


def test_a_call_is_not_transferred_before_the_answer() -> None:
    flow = Flow("first", start="first")

    @flow.state(done=END)
    async def first(call: Call) -> str:
        return (await transfer(call, "sip:1@pbx")).outcome

    phone = Driver(flow=flow)
    phone.offered()
    assert "redirect it" in phone.noted("failed")[0]


def test_a_transfer_to_nobody_is_the_flows_fault() -> None:
    phone = Driver(lambda call: transfer(call))
    phone.start()
    assert "at least one address" in phone.noted("failed")[0]


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
    assert dialled(phone) == [target.replace("{{ number }}", number)]


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
    assert dialled(phone) == []
    assert phone.noted("transfer_refused")[0].endswith("allowed are *1, 6XX")


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({"to": ("sip:{{ number }}@pbx",)}, "needs allow"),
        ({"to": ("sip:{{ number }}@pbx",), "allow": ("6XX",)}, ""),
        ({"to": ("sip:601@pbx",)}, ""),
        ({}, ""),
        ({"to": (ONE, TWO), "mode": "refer"}, "one address"),
        ({"to": (ONE, TWO), "mode": "attended"}, ""),
        ({"to": (ONE,), "accept": "12"}, "one key"),
    ],
)
def test_what_is_found_when_the_flow_is_read(arguments: dict[str, Any], wrong: str) -> None:
    found = VERBS["transfer"].check(arguments)
    assert wrong in found if wrong else not found


@pytest.mark.parametrize(
    ("outcome", "codes"),
    [
        ("answered", "200 202"),
        ("busy", "486 600"),
        ("no_answer", "408 480 487"),
        ("rejected", "401 402 403 405 407 603"),
        ("unreachable", "300 301 302 305 380 404 410 416 423 484 485 488 604 606"),
        ("unreachable", "500 501 502 503 504 505 513"),
        ("failed", "400 406 413 414 415 420 421 481 482 483 491 493"),
    ],
)
def test_what_a_status_means(outcome: str, codes: str) -> None:
    assert {outcome_of(int(code)) for code in codes.split()} == {outcome}


def test_a_far_end_that_leaves_while_the_phone_is_asked_is_not_talked_to() -> None:
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer)
    assert phone.take(LegEnded(1, 200)) == [], "the phone may be there instead"
    phone.take(ReferDone(refer.id, 603))
    assert phone.result == Result("no_answer", code=480, reason="gone")
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer)
    phone.take(LegEnded(1, 200))
    phone.take(ReferDone(refer.id, 200))
    assert phone.result.outcome == "answered"


def test_who_answers_without_sound_has_not_answered() -> None:
    phone = transferring(ONE, TWO)
    phone.take(LegEnded(1, 200))
    phone.take(LegEnded(2, 486))
    assert phone.result == Result("busy", code=486)


@pytest.mark.parametrize(
    ("catch", "keys", "passed", "value"),
    [
        (("**0",), "***0", "*", "**0"),
        (("112",), "1112", "1", "112"),
        (("*0", "**01"), "**05", "*", "*0"),
        (("*0",), "*9", "*9", ""),
    ],
)
def test_a_key_too_many_catches_all_the_same(
    catch: tuple[str, ...], keys: str, passed: str, value: str
) -> None:
    phone = talking(catch=catch)
    sent = [e.digit for e in phone.press(keys) if isinstance(e, SendDigit)]
    assert "".join(sent) == passed
    assert bool(phone.results) == bool(value)
    assert not value or phone.result.value == value

"""SEMANTICS 9: handing the caller over, and coming back."""

from typing import Any

import pytest

from ivr.engine.bridge import RINGBACK
from ivr.engine.call import Call
from ivr.engine.effects import Dial, Drop, HangUp, Join, Play, Stop
from ivr.engine.events import LegAnswered, LegDigit, LegEnded, LegRinging, PlayDone
from ivr.engine.far_end import TransferOutcome, outcome_of
from ivr.engine.flow import END, Flow
from ivr.engine.speak import LONGEST_PLAYBACK
from ivr.engine.values import Value
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import set_variables, transfer

from .driver import Driver
from .handing_over import ONE, TWO, dialled, played, talking, transferring

# -- how it ends -----------------------------------------------------------------------------------


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
        (408, "no_response", "unreachable"),
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


def test_a_conversation_is_over_when_the_far_end_falls_silent() -> None:
    phone = talking()
    phone.take(LegEnded(1, 200, "media_timeout"))
    assert phone.result == Result("answered", code=200, reason="media_timeout")


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


# -- what the caller hears meanwhile ---------------------------------------------------------------


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


# -- the hunt --------------------------------------------------------------------------------------


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


def test_who_answers_without_sound_has_not_answered() -> None:
    phone = transferring(ONE, TWO)
    phone.take(LegEnded(1, 200))
    phone.take(LegEnded(2, 486))
    assert phone.result == Result("busy", code=486)


# -- whisper and acceptance ------------------------------------------------------------------------


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


# -- who may be called -----------------------------------------------------------------------------


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


def test_what_may_be_dialled_may_come_from_a_variable() -> None:
    for allowed, outcome in (("7XX", "rejected"), ("7XX 6XX", "")):
        phone = Driver(
            lambda call, allowed=allowed: transfer(  # type: ignore[misc]
                call, "sip:{{ '601' }}@pbx", allow=(f"{{{{ '{allowed}' }}}}",)
            )
        )
        phone.start()
        assert [each.outcome for each in phone.results] == ([outcome] if outcome else [])


def test_a_variable_that_is_no_dial_pattern_is_the_authors_fault() -> None:
    phone = Driver(lambda call: transfer(call, "sip:601@pbx", allow=("{{ caller }}",)))
    phone.start()
    assert "is no dial pattern" in phone.noted("failed")[0]


def test_what_only_a_bridge_can_do_is_not_asked_of_a_phone() -> None:
    wrong = VERBS["transfer"].check({"to": (ONE,), "mode": "refer", "whisper": ("hello",)})
    assert wrong == "whisper is for a call of ours; the phone calls by itself with mode: refer"
    assert not VERBS["transfer"].check({"to": (ONE,), "mode": "attended", "whisper": ("hello",)})

"""When a caller's turn begins and ends, frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.turn import FRAME, Sounds, Turning, Turns

SOUNDS: dict[str, Sounds] = {"#": "voice", ".": "silence", "~": "tone"}


def turns(line: str, complete: bool = True, **times: float) -> list[tuple[Turning, int]]:
    """What happens, and with which frame (counted from 1); ``#3 .2`` is three voiced, two silent
    frames."""
    timers = {"begins_after": 0.2, "end_silence": 0.3, "incomplete_silence": 1.0, "longest": 10.0}
    caller = Turns(**{**timers, **times})
    return list(_told(caller, ((SOUNDS[sign], complete) for sign in frames(line))))


def frames(line: str) -> str:
    return "".join(each[0] * int(each[1:] or 1) for each in line.split())


def _told(caller: Turns, heard: Iterable[tuple[Sounds, bool]]) -> Iterator[tuple[Turning, int]]:
    for number, (sounds, complete) in enumerate(heard, 1):
        if turning := caller.hear(sounds, complete):
            yield turning, number


def test_a_turn_begins_with_enough_voice_and_ends_with_enough_silence() -> None:
    assert turns(".50 #20 .50") == [("begins", 60), ("ends", 85)]


def test_gaps_in_a_voice_do_not_keep_a_turn_from_beginning() -> None:
    assert turns("#6 .6 #6 .15") == [("begins", 16), ("ends", 33)]


def test_clicks_are_no_voice() -> None:
    assert turns("#2 .8 " * 20) == []


def test_a_click_does_not_make_a_turn_longer() -> None:
    assert turns("#20 .7 # .7")[-1] == ("ends", 35)


def test_a_voice_that_goes_on_after_a_pause_does() -> None:
    assert turns("#20 .14 #3 .14") == [("begins", 10)]
    assert turns("#20 .14 #3 .15")[-1] == ("ends", 52)


def test_what_cannot_be_all_is_waited_for_longer() -> None:
    assert turns("#20 .49", complete=False) == [("begins", 10)]
    assert turns("#20 .50", complete=False)[-1] == ("ends", 70)


def test_what_turns_out_to_be_all_in_the_silence_ends_there() -> None:
    caller = Turns(0.2, 0.3, 1.0, 10.0)
    heard = [(SOUNDS[sign], False) for sign in frames("#20 .20")]
    assert list(_told(caller, heard)) == [("begins", 10)]
    assert caller.hear("silence", True) == "ends"


def test_nobody_speaks_for_ever() -> None:
    assert turns("#1000", longest=1.0)[:2] == [("begins", 10), ("ends", 50)]


def test_a_tone_is_no_voice_and_what_led_to_it_was_none() -> None:
    assert turns("~100") == []
    assert turns("#9 ~ #9 ~ #9") == []


def test_a_tone_in_a_turn_is_silence() -> None:
    assert turns("#20 ~15")[-1] == ("ends", 35)


def test_a_second_turn_begins_anew() -> None:
    assert turns("#12 .15 #9 .20 #10 .15") == [
        ("begins", 10),
        ("ends", 27),
        ("begins", 66),
        ("ends", 81),
    ]


def test_the_length_of_a_turn_counts_from_its_first_voice() -> None:
    caller = Turns(0.2, 0.3, 1.0, 10.0)
    list(_told(caller, ((SOUNDS[sign], True) for sign in frames(".9 #5 .2 #5"))))
    assert caller.speaking
    assert caller.length == 12 <= caller.window


seconds = st.floats(0, 3)
lines = st.lists(
    st.tuples(st.sampled_from(["voice", "silence", "tone"]), st.booleans(), st.integers(1, 60))
)


@given(lines, seconds, seconds, seconds, st.floats(0.5, 5))
def test_turns_alternate_and_none_outlasts_its_timers(
    line: list[tuple[Sounds, bool, int]],
    begins_after: float,
    end_silence: float,
    incomplete_silence: float,
    longest: float,
) -> None:
    caller = Turns(begins_after, end_silence, incomplete_silence, longest)
    heard = [(sounds, complete) for sounds, complete, count in line for _ in range(count)]
    told = list(_told(caller, heard))
    assert [turning for turning, _ in told] == (["begins", "ends"] * len(told))[: len(told)]
    needed = max(1, round(begins_after / FRAME))
    last = 0
    for turning, number in told:
        if turning == "begins":
            window = heard[max(last, number - caller.window) : number]
            assert [sounds for sounds, _ in window].count("voice") >= needed
        else:
            assert number - last <= max(round(longest / FRAME), 1)
        last = number


@given(lines)
def test_a_turn_never_ends_in_the_midst_of_a_voice(line: list[tuple[Sounds, bool, int]]) -> None:
    caller = Turns(0.2, 0.3, 1.0, 3600.0)
    heard = [(sounds, complete) for sounds, complete, count in line for _ in range(count)]
    for turning, number in _told(caller, heard):
        if turning == "ends":
            tail = [sounds for sounds, _ in heard[number - 15 : number]]
            runs = [len(list(run)) for sounds, run in groupby(tail) if sounds == "voice"]
            assert max(runs, default=0) < 3

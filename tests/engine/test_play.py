"""Sounds that are no words, and sounds that go on for a while."""

from typing import Any

import pytest

from ivr.engine import trace
from ivr.engine.call import Call
from ivr.engine.effects import File, Play, Prompt, Signal, Silence, Stop, Text, Tone, Url
from ivr.engine.flow import END, Flow, Place
from ivr.engine.verb import VERBS
from ivr.engine.verbs import answer, pause, play, say

from .driver import Driver

MUSIC = File("/srv/music.wav")


def played(*prompts: Prompt, **arguments: Any) -> Driver:
    phone = Driver(lambda call: play(call, *prompts, **arguments))
    phone.start()
    return phone


def plays(phone: Driver) -> list[Play]:
    return [each for each in phone.effects if isinstance(each, Play)]


def test_it_is_played_once() -> None:
    phone = played(MUSIC, Silence(0.5))
    assert plays(phone)[0].prompts == (MUSIC, Silence(0.5))
    phone.play_done()
    assert phone.result.outcome == "done"


def test_it_is_repeated_without_a_gap() -> None:
    assert plays(played(MUSIC, repeat=3))[0].prompts == (MUSIC,) * 3


def test_it_goes_on_for_so_long() -> None:
    phone = played(MUSIC, seconds=10)
    for _ in range(3):
        phone.wait(3)
        phone.play_done()
    assert len(plays(phone)) == 4
    assert phone.wait(1)[0] == Stop(plays(phone)[-1].id)
    assert phone.result.outcome == "done"
    assert not phone.noted("playback_without_end")


def test_it_ends_with_its_time_where_that_is_its_own_end() -> None:
    phone = played(MUSIC, seconds=3)
    phone.now += 3
    phone.play_done()
    assert phone.result.outcome == "done"
    assert len(plays(phone)) == 1


def test_what_cannot_be_heard_is_not_played_for_ever() -> None:
    phone = played(MUSIC, seconds=10)
    phone.play_done()
    assert phone.result.outcome == "done"


def test_a_key_cuts_it_short_and_stays() -> None:
    phone = Driver(lambda call: play(call, MUSIC, seconds=10), lambda call: pause(call, 1))
    phone.start()
    phone.press("5")
    assert phone.result.outcome == "done"
    assert list(phone.call.keys) == ["5"]


def test_it_is_repeated_so_often_or_for_so_long() -> None:
    assert "leave one of the two out" in VERBS["play"].check({"seconds": 3, "repeat": 2})
    assert not VERBS["play"].check({"seconds": 3})


def test_files_lie_beside_the_flow_and_addresses_are_filled_in() -> None:
    flow = Flow("f", start="a", place=Place("/srv/flows/f.py", 1))

    @flow.state(done=END)
    async def a(call: Call) -> str:
        await answer(call, settle=0)
        await say(call, File("x.wav"), MUSIC, Url("http://h/{{ caller }}.wav"), Signal("busy"))
        return "done"

    phone = Driver(flow=flow)
    phone.start()
    assert plays(phone)[0].prompts == (
        File("/srv/flows/x.wav"), MUSIC, Url("http://h/alice.wav"), Signal("busy"),
    )  # fmt: skip


def test_without_a_file_of_its_own_a_flow_finds_them_where_it_runs() -> None:
    assert plays(played(File("x.wav")))[0].prompts == (File("x.wav"),)


@pytest.mark.parametrize(
    ("prompt", "written"),
    [
        (MUSIC, {"file": "/srv/music.wav"}),
        (Url("http://h/x.wav"), {"url": "http://h/x.wav"}),
        (Signal("busy", 2.0, "US"), {"tone": "US busy", "seconds": 2.0}),
        (Signal("dial"), {"tone": "dial", "seconds": 0.0}),
        (Silence(0.5), {"silence": 0.5}),
        (Tone(), {"tone": 1000, "seconds": 0.3}),
        (Text("hi"), {"text": "hi"}),
    ],
)
def test_a_journal_says_what_was_played(prompt: Prompt, written: object) -> None:
    assert trace.of_effect(Play(1, (prompt,)))["prompts"] == [written]

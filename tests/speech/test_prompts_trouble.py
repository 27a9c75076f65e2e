"""A voice that fails, and threads that wait for it."""

from __future__ import annotations

import threading

import pytest

from ivr.engine.effects import Text, Tone
from ivr.speech.sounds import FALLBACK

from .conftest import MakeStore, Warnings
from .fakes import Ear, FakeVoice, hear, is_fallback, play, seconds, until


@pytest.mark.parametrize(
    "trouble", ["crashes", "has_a_bug", "writes_nothing", "writes_garbage", "writes_fast"]
)
def test_a_voice_that_fails_is_a_tone_and_the_next_text_is_spoken(
    make_store: MakeStore, voice: FakeVoice, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    voice.troubles["Welcome to us."] = getattr(voice, trouble)
    welcome, menu = hear(make_store(), play("welcome", "menu"))
    assert is_fallback(welcome)
    assert seconds(menu) == 0.17
    assert caplog.records


def test_a_voice_that_hangs_is_a_tone_at_the_limit(make_store: MakeStore, voice: FakeVoice) -> None:
    voice.troubles["Welcome to us."] = voice.hangs
    store = make_store(limit=0.1)
    welcome, tone = hear(store, play("welcome", FALLBACK))
    assert is_fallback(welcome)
    assert is_fallback(tone)
    voice.let_go.set()


def test_what_came_too_late_is_there_for_the_next_caller(
    make_store: MakeStore, voice: FakeVoice
) -> None:
    voice.troubles["Welcome to us."] = voice.is_late
    store = make_store(limit=0.1)
    assert is_fallback(hear(store, play("welcome"))[0])
    voice.let_go.set()
    until(lambda: not is_fallback(hear(store, play("welcome"))[0]))
    assert len(voice.said) == 1


def test_what_cannot_be_made_is_not_waited_for_again(
    make_store: MakeStore, voice: FakeVoice
) -> None:
    voice.troubles["Welcome to us."] = voice.crashes
    store = make_store()
    hear(store, play("welcome"))
    ear = Ear()
    store.resolve(play("welcome"), ear)
    assert ear.threads == [threading.current_thread()]
    assert is_fallback(ear.files()[0])
    assert len(voice.said) == 1


def test_the_log_does_not_tell_what_was_said_to_one_caller(
    make_store: MakeStore, voice: FakeVoice, warnings: Warnings
) -> None:
    voice.troubles["Your code is 4711."] = voice.crashes
    hear(make_store(), play(Text("Your code is 4711.")))
    assert any("text of 18 characters" in line for line in warnings())
    assert not any("4711" in line for line in warnings())


# Threads.


def test_what_is_at_hand_is_handed_out_at_once(make_store: MakeStore) -> None:
    store = make_store()
    wanted = play("welcome", Text("Hello"), Tone())
    first = Ear()
    store.resolve(wanted, first)
    first.files()
    again = Ear()
    store.resolve(wanted, again)
    assert again.files() == first.files()
    assert first.threads[0] is not threading.current_thread()
    assert again.threads == [threading.current_thread()]


def test_many_who_want_the_same_wait_for_one(make_store: MakeStore, voice: FakeVoice) -> None:
    voice.troubles["Welcome to us."] = voice.is_late
    store = make_store()
    ears = [Ear() for _ in range(20)]
    threads = [threading.Thread(target=store.resolve, args=(play("welcome"), ear)) for ear in ears]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    voice.let_go.set()
    assert len({ear.files()[0] for ear in ears}) == 1
    assert len(voice.said) == 1


def test_one_caller_who_fails_does_not_disturb_the_next(
    make_store: MakeStore, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(files: object) -> None:
        raise RuntimeError("the phone has a bug")

    store = make_store()
    store.resolve(play("welcome"), fails)
    assert seconds(hear(store, play("menu"))[0]) == 0.17
    assert "the phone has a bug" in caplog.text


def test_closing_tells_everybody_who_waits(make_store: MakeStore, voice: FakeVoice) -> None:
    voice.troubles["Welcome to us."] = voice.hangs
    store = make_store()
    ears = [Ear(), Ear()]
    store.resolve(play("welcome"), ears[0])
    store.resolve(play("menu"), ears[1])
    until(lambda: voice.said)
    store.close()
    assert all(is_fallback(ear.files()[0]) for ear in ears)
    assert is_fallback(hear(store, play(Text("too late")))[0])


def test_the_voice_goes_when_there_is_nothing_to_say_and_comes_back(
    make_store: MakeStore, voice: FakeVoice
) -> None:
    store = make_store(idle=0.01)
    before = {*threading.enumerate()}
    hear(store, play("welcome"))
    until(lambda: voice.closed and {*threading.enumerate()} <= before)
    assert seconds(hear(store, play("menu"))[0]) == 0.17


def test_no_thread_starts_before_there_is_something_to_make(make_store: MakeStore) -> None:
    make_store().render_all()
    before = {*threading.enumerate()}
    store = make_store()
    assert store.missing() == []
    assert store.render_all() == []
    ear = Ear()
    store.resolve(play("welcome", "menu"), ear)
    assert ear.calls
    assert {*threading.enumerate()} <= before

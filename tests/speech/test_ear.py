"""The ear as a line uses it: with the recogniser that tests can tell what to hear and to do."""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ivr.engine.effects import Listen
from ivr.engine.events import Heard, ListenFailed, SpeechStarted
from ivr.speech.ear import Ear, Hearing
from ivr.speech.ear_process import BEHIND

from .callers import LIMIT, Caller, spoken
from .fakes import until

ANSWERS: dict[str, Any] = {
    "cells": {"text": "sales", "confidence": 0.6, "alternatives": [["cells", 0.3]]},
    "nothing": {"text": ""},
    "customer service": {"text": "customer"},
    "crash": {"does": "crash"},
    "hang": {"does": "hang"},
    "slow": {"text": "slow", "does": "slow"},
    "raise": {"does": "raise"},
}
MakeEar = Callable[..., Ear]


@pytest.fixture(scope="module")
def make_ear(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeEar]:
    ears: list[Ear] = []
    answers = tmp_path_factory.mktemp("ear") / "answers.json"
    answers.write_text(json.dumps(ANSWERS))

    def make(engine: str = "scripted", limit: float = 5.0, **models: str) -> Ear:
        ears.append(Ear(engine, models or {"en": str(answers)}, limit=limit))
        return ears[-1]

    yield make
    for ear in ears:
        ear.close()


@pytest.fixture(scope="module")
def ear(make_ear: MakeEar) -> Ear:
    started = make_ear()
    started.start()
    assert started.process.wait(LIMIT)
    return started


def says_something(ear: Ear, *phrases: str, **how: Any) -> Caller:
    """A caller who has said something: all the turn but its end."""
    caller = Caller(ear, Listen(phrases, **how))
    caller.is_silent(0.5)
    caller.sounds(spoken("sales"))
    return caller


def speaks(ear: Ear, *phrases: str, **how: Any) -> Caller:
    """A caller who has said something, and waits."""
    caller = says_something(ear, *phrases, **how)
    caller.is_silent(1.5)
    return caller


def test_a_caller_is_heard(ear: Ear) -> None:
    caller = speaks(ear, "sales")
    assert caller.told() == SpeechStarted()
    assert caller.told() == Heard("sales", 1.0)


def test_alternatives_and_how_likely_they_are_come_along(ear: Ear) -> None:
    caller = speaks(ear, "cells")
    assert caller.told() == SpeechStarted()
    assert caller.told() == Heard("sales", 0.6, (("cells", 0.3),))


def test_silence_and_tones_tell_nothing_and_start_nothing(make_ear: MakeEar) -> None:
    ear = make_ear()
    caller = Caller(ear, Listen(("sales",)))
    caller.is_silent(5)
    caller.sounds(spoken("sales"), toning=True)
    assert not caller.told_more


def silence_needed(ear: Ear, phrase: str) -> int:
    """The frames of silence after which a turn ends."""
    caller = says_something(ear, phrase, incomplete_silence=2.0)
    hearing = caller.hearing
    assert isinstance(hearing, Hearing)
    if phrase == "sales":
        until(lambda: hearing._may_be_all)
    count = 0
    while hearing._turns.speaking:
        caller.is_silent(0.02)
        count += 1
    return count


def test_what_may_be_all_needs_less_silence(ear: Ear) -> None:
    assert silence_needed(ear, "sales") <= 15
    assert 85 < silence_needed(ear, "customer service") <= 100


def test_turns_follow_one_another(ear: Ear) -> None:
    caller = speaks(ear, "sales")
    assert [caller.told(), caller.told()] == [SpeechStarted(), Heard("sales")]
    caller.sounds(spoken("sales"))
    caller.is_silent(1.5)
    assert [caller.told(), caller.told()] == [SpeechStarted(), Heard("sales")]


def test_callers_are_kept_apart(ear: Ear) -> None:
    words = [f"word{number}" for number in range(20)]
    callers = [says_something(ear, word) for word in words]
    for caller in callers:
        caller.is_silent(1.5)
    for word, caller in zip(words, callers, strict=True):
        assert [caller.told(), caller.told()] == [SpeechStarted(), Heard(word)]


def test_nothing_is_told_once_the_line_has_hung_up(ear: Ear) -> None:
    first = says_something(ear, "sales")
    assert first.told() == SpeechStarted()
    first.is_silent(1.5)
    first.hearing.close()
    seen = first.told_more
    second = speaks(ear, "sales")  # its answer comes after all of the first one's
    assert [second.told(), second.told()] == [SpeechStarted(), Heard("sales")]
    assert first.told_more == seen
    first.sounds(spoken("sales"))
    assert first.told_more == seen


def test_a_region_has_the_model_of_its_language(ear: Ear) -> None:
    assert speaks(ear, "sales", language="en-GB").told() == SpeechStarted()


def test_without_a_model_it_is_said_so_at_once(ear: Ear) -> None:
    caller = speaks(ear, "oui", language="fr")
    assert caller.told() == ListenFailed("there is no model for 'fr'")
    assert not caller.told_more


def test_an_ear_without_models_starts_nothing(make_ear: MakeEar) -> None:
    ear = Ear("none", {})
    ear.start()
    assert speaks(ear, "sales").told() == ListenFailed("there is no model for 'en'")
    assert ear.process.pid is None
    ear.close()


def test_a_model_that_cannot_be_loaded_fails_what_wants_it(make_ear: MakeEar) -> None:
    ear = make_ear(en="", de="/nowhere/answers.json")
    ear.start()
    assert ear.process.wait(LIMIT)
    failed = speaks(ear, "ja", language="de").told()
    assert isinstance(failed, ListenFailed)
    assert "/nowhere/answers.json" in failed.reason
    assert speaks(ear, "sales").told() == SpeechStarted()


def test_words_that_a_model_does_not_know_are_left_out_and_told_once(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        caller = speaks(ear, "xylophone", "sales")
        assert [caller.told(), caller.told()] == [SpeechStarted(), Heard("sales")]
    warnings = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert warnings == ["the model of 'en' does not know: xylophone"]


def test_a_grammar_of_unknown_words_fails(ear: Ear) -> None:
    caller = speaks(ear, "xenon")
    assert caller.told() == SpeechStarted()
    assert caller.told() == ListenFailed("the model knows nothing of what may be said")


def test_a_grammar_larger_than_a_frame(ear: Ear) -> None:
    words = tuple(f"word{number}" for number in range(3000))
    caller = speaks(ear, *words)
    assert [caller.told(), caller.told()] == [SpeechStarted(), Heard("word0")]


def test_an_exception_of_the_engine_fails_one_turn(ear: Ear) -> None:
    pid = ear.process.pid
    caller = speaks(ear, "raise")
    assert [caller.told(), caller.told()] == [SpeechStarted(), ListenFailed("as it was told")]
    assert speaks(ear, "sales").told() == SpeechStarted()
    assert ear.process.pid == pid


def test_a_caller_who_says_nothing_that_is_known(ear: Ear) -> None:
    caller = speaks(ear, "nothing")
    assert [caller.told(), caller.told()] == [SpeechStarted(), Heard("")]


@pytest.mark.parametrize("does", ["crash", "hang"])
def test_an_engine_that_crashes_or_hangs_fails_open_turns_and_is_replaced(
    make_ear: MakeEar, does: str
) -> None:
    ear = make_ear(limit=3.0)
    ear.start()
    assert ear.process.wait(LIMIT)
    first = ear.process.pid
    other = says_something(ear, "sales")
    quiet = Caller(ear, Listen(("sales",)))
    caller = speaks(ear, does)
    for whose in (caller, other):
        assert whose.told() == SpeechStarted()
        failed = whose.told()
        assert isinstance(failed, ListenFailed)
        assert ("signal 6" if does == "crash" else "within 3 s") in failed.reason
    until(lambda: ear.process.pid not in (None, first))
    quiet.sounds(spoken("sales"))  # it listened all the time, and has lost nothing
    quiet.is_silent(1.5)
    assert [quiet.told(), quiet.told()] == [SpeechStarted(), Heard("sales")]
    other.is_silent(2.0)
    assert not other.told_more
    assert not caller.told_more


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_is_killed_or_stopped_in_the_midst_of_a_turn(
    make_ear: MakeEar, how: signal.Signals
) -> None:
    ear = make_ear(limit=3.0)
    ear.start()
    assert ear.process.wait(LIMIT)
    first = ear.process.pid
    assert first
    caller = says_something(ear, "sales")
    assert caller.told() == SpeechStarted()
    os.kill(first, how)
    assert isinstance(caller.told(), ListenFailed)
    until(lambda: ear.process.pid not in (None, first))
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    again = speaks(ear, "sales")
    assert [again.told(), again.told()] == [SpeechStarted(), Heard("sales")]


def test_a_pipe_that_is_full_fails_the_turn_and_blocks_nobody(make_ear: MakeEar) -> None:
    ear = make_ear(limit=60.0)
    ear.start()
    assert ear.process.wait(LIMIT)
    pid = ear.process.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        caller = Caller(ear, Listen(("sales",), longest=60.0))
        for _ in range(100):
            caller.sounds(spoken("sales"))
        assert [caller.told(), caller.told()] == [SpeechStarted(), ListenFailed(BEHIND)]
    finally:
        os.kill(pid, signal.SIGCONT)
    assert not caller.told_more
    until(lambda: _is_heard(ear))
    assert ear.process.pid == pid


def _is_heard(ear: Ear) -> bool:
    caller = speaks(ear, "sales")
    return [caller.told(), caller.told()] == [SpeechStarted(), Heard("sales")]


def test_an_engine_that_is_slow_but_in_time(ear: Ear) -> None:
    caller = speaks(ear, "slow")
    assert [caller.told(), caller.told()] == [SpeechStarted(), Heard("slow")]


def test_an_engine_that_never_starts_says_why(make_ear: MakeEar) -> None:
    ear = make_ear(engine="no such engine")
    caller = speaks(ear, "sales")
    assert caller.told() == SpeechStarted()
    failed = caller.told()
    assert isinstance(failed, ListenFailed)
    assert "no such engine" in failed.reason


def test_who_speaks_before_the_models_are_loaded_is_heard(make_ear: MakeEar) -> None:
    caller = speaks(make_ear(), "sales")
    assert [caller.told(), caller.told()] == [SpeechStarted(), Heard("sales")]


def test_recognising_gives_way_to_sound(ear: Ear) -> None:
    assert ear.process.pid
    assert os.getpriority(os.PRIO_PROCESS, ear.process.pid) > os.getpriority(os.PRIO_PROCESS, 0)


def test_closing_twice_and_listening_after_it(make_ear: MakeEar) -> None:
    ear = make_ear()
    ear.start()
    ear.close()
    ear.close()
    caller = speaks(ear, "sales")
    assert [caller.told(), caller.told()] == [
        SpeechStarted(),
        ListenFailed("the recogniser is closed"),
    ]


def test_sound_of_another_length_is_no_frame(ear: Ear) -> None:
    caller = Caller(ear, Listen(("sales",)))
    caller.hearing.feed(b"", False)
    caller.hearing.feed(b"123", False)
    with pytest.raises(queue.Empty):
        caller._told.get_nowait()


def test_without_words_a_voice_is_noticed_and_nothing_is_started(make_ear: MakeEar) -> None:
    ear = make_ear(engine="no such engine")
    caller = Caller(ear, Listen(language="xx"))
    caller.is_silent(0.5)
    caller.sounds(spoken("sales"), toning=True)
    caller.hearing.feed(b"", False)
    assert not caller.told_more
    for _ in range(2):
        caller.sounds(spoken("sales"))
        caller.is_silent(0.5)
        assert caller.told() == SpeechStarted()
    caller.hearing.close()
    caller.sounds(spoken("sales"))
    assert not caller.told_more
    assert ear.process.pid is None and not ear.process.trouble

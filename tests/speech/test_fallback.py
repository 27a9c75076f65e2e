"""Voices that stand in for one that fails: each has its time, and then there is a tone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.engine.effects import Text
from ivr.speech import wav
from ivr.speech.voice import VoiceDown

from .conftest import MakeStore, Warnings
from .fakes import FakeVoice, hear, is_fallback, pitch, play, seconds


class Deep(FakeVoice):
    """Speaks as the other one, an octave below."""

    def __init__(self) -> None:
        super().__init__()
        self.version = "deep"

    def speak(self, words: str, language: str, file: Path, limit: float) -> None:
        super().speak(words, language, file, limit)
        if words not in self.troubles:
            wav.write(file, wav.tone(350, len(words) / 100))


@pytest.fixture
def deep() -> Deep:
    return Deep()


def is_deep(file: Path) -> bool:
    return abs(pitch(file) - 350) < 10


@pytest.mark.parametrize(
    "trouble", ["crashes", "has_a_bug", "writes_nothing", "writes_garbage", "writes_fast"]
)
def test_what_one_voice_cannot_say_another_says(
    make_store: MakeStore, voice: FakeVoice, deep: Deep, trouble: str
) -> None:
    voice.troubles["Welcome to us."] = getattr(voice, trouble)
    store = make_store(others=[deep])
    welcome, menu = hear(store, play("welcome", "menu"))
    assert is_deep(welcome)
    assert not is_deep(menu)
    assert (store.stood_in, store.replaced) == (1, 0)


def test_where_none_can_say_it_there_is_a_tone(
    make_store: MakeStore, voice: FakeVoice, deep: Deep, warnings: Warnings
) -> None:
    voice.troubles["Welcome to us."] = voice.crashes
    deep.troubles["Welcome to us."] = deep.writes_nothing
    store = make_store(others=[deep])
    for _ in range(3):
        assert is_fallback(hear(store, play("welcome"))[0])
    assert store.replaced == 3
    assert len(warnings()) == len(set(warnings())) == 3  # of each voice, and of the tone


def test_each_voice_has_its_part_of_the_time(
    make_store: MakeStore, voice: FakeVoice, deep: Deep
) -> None:
    limits = []

    def hangs(file: Path) -> None:
        raise VoiceDown("no answer within its limit")

    def noted(words: str, language: str, file: Path, limit: float) -> None:
        limits.append(limit)
        hangs(file)

    voice.speak = noted  # type: ignore[method-assign]
    store = make_store(others=[deep], limit=4.0)
    assert is_deep(hear(store, play(Text("Hello")))[0])
    assert limits == [1.0]  # of 4 s, for two voices with two attempts each


def test_a_voice_that_is_down_is_left_alone_for_a_while(
    make_store: MakeStore, voice: FakeVoice, deep: Deep, warnings: Warnings
) -> None:
    def is_down(file: Path) -> None:
        raise VoiceDown("no answer within 1 s")

    voice.troubles["One"] = is_down
    store = make_store(others=[deep])
    assert all(is_deep(each) for each in hear(store, play(Text("One"), Text("Two"), Text("Six"))))
    assert voice.said == [("en", "One")]
    assert store.stood_in == 3
    assert sum("is not used for 30 s" in line for line in warnings()) == 1


def test_one_text_that_fails_does_not_put_a_voice_aside(
    make_store: MakeStore, voice: FakeVoice, deep: Deep
) -> None:
    voice.troubles["One"] = voice.crashes
    one, two = hear(make_store(others=[deep]), play(Text("One"), Text("Two")))
    assert is_deep(one)
    assert not is_deep(two)


def test_what_another_voice_said_is_said_anew_by_the_first_one_once_it_can(
    make_store: MakeStore, voice: FakeVoice, deep: Deep
) -> None:
    voice.troubles["Welcome to us."] = voice.crashes
    store = make_store(others=[deep])
    (trouble,) = store.render_all()
    assert (trouble.name, trouble.reason) == ("welcome", "the process ended (signal 11)")
    voice.troubles.clear()
    again = make_store(others=[deep])
    assert again.missing() == [("en", "welcome")]
    assert again.render_all() == []
    assert not is_deep(hear(again, play("welcome"))[0])


def test_another_voice_in_the_language_is_better_than_another_language(
    make_store: MakeStore, voice: FakeVoice, deep: Deep
) -> None:
    voice.languages = ["en"]
    store = make_store(others=[deep])
    assert store.render_all() == []
    assert is_deep(hear(store, play("welcome", language="de"))[0])
    assert ("de", "Guten Tag.") in deep.said
    assert all(language == "de" for language, _ in deep.said)


def test_a_voice_that_is_known_not_to_speak_a_language_is_not_asked(
    make_store: MakeStore, voice: FakeVoice, deep: Deep
) -> None:
    voice.speaks = lambda language: language == "en"  # type: ignore[method-assign]
    store = make_store(others=[deep])
    assert store.render_all() == []
    assert all(language == "en" for language, _ in voice.said)
    assert make_store(others=[deep]).missing() == []


def test_closing_ends_every_voice(make_store: MakeStore, voice: FakeVoice, deep: Deep) -> None:
    make_store(others=[deep]).close()
    assert voice.closed
    assert deep.closed
    assert seconds(hear(make_store(), play("menu"))[0]) == 0.17

"""Several voices at once, and a cache without what nothing needs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.engine.effects import File, Prompt, Signal, Silence, Text, Tone
from ivr.speech.prompts import PromptStore
from ivr.speech.voice import Voice

from .fakes import FakeVoice, seconds
from .wavs import recording

TEXTS = [("en", f"Text number {number}.") for number in range(12)]


class Together(FakeVoice):
    """Says nothing before as many speak as there are to be at once."""

    def __init__(self, all_here: threading.Barrier) -> None:
        super().__init__()
        self._all_here = all_here

    def speak(self, words: str, language: str, file: Path, limit: float) -> None:
        if not self.said:
            self._all_here.wait(20)
        super().speak(words, language, file, limit)


class Crew:
    """Makes voices, and remembers them."""

    def __init__(self, count: int) -> None:
        self.all_here = threading.Barrier(count)
        self.voices: list[FakeVoice] = []

    def __call__(self) -> list[Voice]:
        self.voices.append(Together(self.all_here))
        return [self.voices[-1]]


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[tuple[PromptStore, Crew]]:
    crew = Crew(3)
    (voice,) = crew()
    store = PromptStore(
        tmp_path / "prompts", tmp_path / "cache", "en", voice, texts=TEXTS, more_voices=crew
    )
    yield store, crew
    store.close()


def test_several_voices_work_at_once_and_end(crew: tuple[PromptStore, Crew]) -> None:
    store, made = crew
    before = {*threading.enumerate()}  # some of them may be ending
    steps: list[int] = []
    assert store.render_all(lambda done, total, name: steps.append(done), jobs=3) == []
    assert steps == list(range(1, 16))
    assert store.missing() == []
    assert len(made.voices) == 3
    assert sorted(words for voice in made.voices for _, words in voice.said if words[0] == "T") == (
        sorted(words for _, words in TEXTS)
    )
    assert all(voice.closed for voice in made.voices)
    assert {*threading.enumerate()} <= before


def test_no_voice_is_started_for_what_is_there(crew: tuple[PromptStore, Crew]) -> None:
    store, made = crew
    store.render_all(jobs=3)
    store.render_all(jobs=3)
    assert len(made.voices) == 3


def test_files_and_tones_of_flows_are_made_before_the_first_call(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(recording(16000))
    said: list[Prompt] = [
        File(str(tmp_path / "a.wav")),
        Tone(700, 0.3),
        Silence(0.4),
        Signal("busy", 1.0),
    ]
    sounds = [(language, each) for language in ("en", "us") for each in said]
    store = PromptStore(tmp_path / "prompts", tmp_path / "cache", "en", FakeVoice(), sounds=sounds)
    try:
        assert [name for _, name in store.missing()][3:] == [
            str(tmp_path / "a.wav"), "tone of 700 Hz", "silence", "busy tone", "busy tone",
        ]  # fmt: skip
        assert store.render_all() == []
        lengths = {want: seconds(file) for want, file in store.rendered().items()}
        assert lengths["en", File(str(tmp_path / "a.wav"))] == pytest.approx(0.5, abs=0.01)
        assert lengths["en", Silence(0.4)] == 0.4
    finally:
        store.close()


def test_what_nothing_is_made_from_any_more_goes(tmp_path: Path) -> None:
    def store(*texts: str) -> PromptStore:
        said = [("en", text) for text in texts]
        return PromptStore(tmp_path / "prompts", tmp_path / "cache", "en", FakeVoice(), texts=said)

    first = store("One.", "Two.")
    first.render_all()
    assert first.clean() == 0
    second = store("Two.")
    second.render_all()
    assert second.clean() == 1
    assert second.missing() == []
    assert ("en", Text("Two.")) in second.rendered()
    assert first.missing() == [("en", '"One."')]
    first.close()
    second.close()

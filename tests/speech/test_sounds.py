"""Prompts that are no words: files, tones of the network, silence, and sounds of the web."""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.effects import File, Given, Recorded, Signal, SignalName, Silence, Text, Tone, Url
from ivr.speech import wav
from ivr.speech.prompts import Trouble
from ivr.speech.signals import ANYWHERE, COUNTRIES, turn
from ivr.speech.sounds import FRESH, Passing

from .conftest import MakeStore, Warnings
from .fakes import Ear, hear, is_fallback, pitch, play, seconds, until
from .wavs import recording

NEWS = "https://cdn.example/news.wav"


class Web:
    """Sounds by their address; what is not there is refused."""

    def __init__(self, **sounds: float) -> None:
        self.pitches = {f"https://cdn.example/{name}.wav": hertz for name, hertz in sounds.items()}
        self.fetched: list[str] = []

    def __call__(self, url: str, file: Path, seconds: float) -> None:
        self.fetched.append(url)
        if url not in self.pitches:
            raise ConnectionError("no such host")
        file.write_bytes(recording(16000, frequency=self.pitches[url]))


def test_a_file_is_brought_to_the_phones_format(make_store: MakeStore, tmp_path: Path) -> None:
    tmp_path.joinpath("music.wav").write_bytes(recording(44100, channels=2, frequency=600))
    (file,) = hear(make_store(), play(File(str(tmp_path / "music.wav"))))
    assert pitch(file) == pytest.approx(600, abs=4)
    assert seconds(file) == pytest.approx(0.5, abs=0.01)


def test_a_file_that_is_gone_is_a_tone(make_store: MakeStore, warnings: Warnings) -> None:
    (file,) = hear(make_store(), play(File("/nowhere/music.wav")))
    assert is_fallback(file)
    assert "/nowhere/music.wav is a tone now" in warnings()[-1]


def test_what_a_caller_said_is_played_as_it_was_recorded(
    make_store: MakeStore, tmp_path: Path, warnings: Warnings
) -> None:
    """It is not copied, so that nothing of it is left when it is deleted; nor is anything else."""
    (tmp_path / "a-1.wav").write_bytes(recording(8000, frequency=600))
    (tmp_path / "secret.wav").write_bytes(recording(8000))
    messages = tmp_path / "messages"
    messages.mkdir()
    (tmp_path / "a-1.wav").rename(messages / "a-1.wav")
    store = make_store(messages=messages)
    for name in ("a-1.wav", str(messages / "a-1.wav"), "/elsewhere/a-1.wav"):
        assert hear(store, play(Recorded(name))) == [messages / "a-1.wav"]
    assert not warnings()
    assert is_fallback(*hear(store, play(Recorded("../secret.wav"))))
    (messages / "a-1.wav").unlink()
    assert is_fallback(*hear(store, play(Recorded("a-1.wav"))))
    assert "a-1.wav is not there any more" in warnings()[-1]
    assert is_fallback(*hear(make_store(), play(Recorded("a-1.wav"))))


def test_an_argument_that_was_not_put_in_its_place_is_a_tone(make_store: MakeStore) -> None:
    assert is_fallback(*hear(make_store(), play(Given("greeting"))))


def test_silence_is_as_long_as_it_says(make_store: MakeStore) -> None:
    (file,) = hear(make_store(), play(Silence(0.75)))
    assert wav.read(file) == bytes(2 * 6000)


# Tones of the network.


@pytest.mark.parametrize("where", ["", *COUNTRIES, "en", "en-GB", "xx"])
@pytest.mark.parametrize("name", ["dial", "ringback", "busy", "congestion"])
def test_every_country_has_every_tone(name: SignalName, where: str) -> None:
    found = turn(name, where)
    assert found
    assert all(0.1 < each <= 5 for _, each in found)
    assert all(300 < hertz < 700 for together, _ in found for hertz in together)


def test_a_tone_is_that_of_the_country_else_of_the_language() -> None:
    assert turn("busy", "US") == turn("busy", "en") == COUNTRIES["us"]["busy"]
    assert turn("busy", "en-GB") == COUNTRIES["gb"]["busy"]
    assert turn("busy", "de_AT") == COUNTRIES["de"]["busy"]
    assert turn("busy", "pl") == ANYWHERE["busy"]


def test_a_tone_sounds_once_or_as_long_as_it_says(make_store: MakeStore) -> None:
    files = hear(make_store(), play(Signal("busy"), Signal("busy", 3.0, "US"), language="de"))
    assert [seconds(file) for file in files] == [pytest.approx(0.96), 3.0]
    assert pitch(files[0]) == pytest.approx(425, abs=4)


def test_tones_and_pauses_take_turns() -> None:
    samples = wav.rhythm((((425,), 0.5), ((), 0.5)), 1.75)
    assert len(samples) == 2 * 14000
    assert any(samples[:8000]) and not any(samples[8000:16000])
    assert samples[16000:] == samples[:12000]


# Sounds of the web.


def test_a_sound_of_the_web_is_fetched_once(make_store: MakeStore) -> None:
    web = Web(news=800)
    store = make_store(fetch=web, urls=[NEWS])
    for _ in range(2):
        (file,) = hear(store, play(Url(NEWS)))
        assert pitch(file) == pytest.approx(800, abs=4)
    hear(make_store(fetch=web, urls=[NEWS]), play(Url(NEWS)))
    assert web.fetched == [NEWS], "also by the next process"


def test_what_one_caller_hears_of_the_web_is_kept_for_a_while_and_not_for_long(
    make_store: MakeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = partial(Passing[Any], kept=2, spared=1)
    monkeypatch.setattr("ivr.speech.prompts.Passing", few)
    urls = [f"{NEWS}?caller={number}" for number in range(6)]
    web = Web()
    web.pitches = dict.fromkeys(urls, 800.0)
    store = make_store(fetch=web)
    cached = set(tmp_path.rglob("*.wav"))
    files = [hear(store, play(Url(url)))[0] for url in urls]
    assert [file.exists() for file in files] == [False] * 3 + [True] * 3
    assert hear(store, play(Url(urls[-1]))) == files[-1:]
    assert web.fetched == urls
    hear(store, play(Url(urls[0])))
    assert web.fetched == [*urls, urls[0]]
    assert set(tmp_path.rglob("*.wav")) == cached
    store.close()
    assert not any(file.exists() for file in files)


def test_what_is_known_before_is_fetched_before_the_first_call(make_store: MakeStore) -> None:
    web = Web(news=800)
    store = make_store(fetch=web, urls=[NEWS])
    assert ("en", NEWS) in store.missing()
    assert not store.render_all()
    assert web.fetched == [NEWS]
    assert not store.missing()


def test_a_sound_that_cannot_be_had_is_a_tone(make_store: MakeStore, warnings: Warnings) -> None:
    store = make_store(fetch=Web(), urls=[NEWS])
    (file,) = hear(store, play(Url(NEWS)))
    assert is_fallback(file)
    assert warnings()[-1] == f"{NEWS} is a tone now: it cannot be fetched: no such host"
    assert Trouble("en", NEWS, "it cannot be fetched: no such host") in store.render_all()


def test_without_a_web_there_are_none(make_store: MakeStore, warnings: Warnings) -> None:
    (file,) = hear(make_store(), play(Url(NEWS)))
    assert is_fallback(file)
    assert (
        warnings()[-1] == "a sound of the web is a tone now: it cannot be fetched: nothing is"
        " fetched here"
    )


def test_a_host_that_does_not_answer_takes_nobodys_words_away(make_store: MakeStore) -> None:
    asked, answers = threading.Event(), threading.Event()

    def slow(url: str, file: Path, seconds: float) -> None:
        asked.set()
        answers.wait(20)
        file.write_bytes(recording(16000, frequency=800))

    store, news = make_store(fetch=slow, limit=10), Ear()
    store.resolve(play(Url(NEWS), Text("Good day."), Url(NEWS)), news)
    assert asked.wait(20)
    assert not is_fallback(*hear(store, play(Text("Good evening."))))
    assert not news.calls
    answers.set()
    assert [round(pitch(file), -1) for file in news.files()] == [800, 700, 800]


def test_what_is_no_sound_is_a_tone(make_store: MakeStore) -> None:
    def page(url: str, file: Path, seconds: float) -> None:
        file.write_text("<html>")

    (file,) = hear(make_store(fetch=page), play(Url(NEWS)))
    assert is_fallback(file)


def old(file: Path) -> None:
    then = time.time() - 2 * FRESH
    os.utime(file, (then, then))


def test_an_old_sound_is_heard_until_the_new_one_is_there(make_store: MakeStore) -> None:
    web = Web(news=800)
    store = make_store(fetch=web)
    (file,) = hear(store, play(Url(NEWS)))
    old(file)
    web.pitches[NEWS] = 600
    (file,) = hear(store, play(Url(NEWS)))
    until(lambda: abs(pitch(hear(store, play(Url(NEWS)))[0]) - 600) < 4)
    assert web.fetched == [NEWS, NEWS]


def test_an_old_sound_stays_where_no_new_one_can_be_had(
    make_store: MakeStore, warnings: Warnings
) -> None:
    web = Web(news=800)
    store = make_store(fetch=web)
    (file,) = hear(store, play(Url(NEWS)))
    old(file)
    web.pitches.clear()
    (file,) = hear(store, play(Url(NEWS)))
    assert pitch(file) == pytest.approx(800, abs=4)
    until(lambda: len(web.fetched) == 2 and bool(warnings()))
    assert "the old one stays" in warnings()[-1]
    hear(store, play(Url(NEWS)))
    assert len(web.fetched) == 2, "not at every call"


def test_all_kinds_in_a_row(make_store: MakeStore) -> None:
    files = hear(make_store(), play(Tone(), Silence(0.2), "welcome", Signal("dial")))
    assert [seconds(file) for file in files] == [0.3, 0.2, 0.14, 3.0]

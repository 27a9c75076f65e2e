"""What callers hear, with a voice that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.engine.effects import Text, Tone
from ivr.speech.prompts import Trouble

from .conftest import MakeStore, Warnings
from .fakes import FakeVoice, hear, is_fallback, pitch, play, seconds
from .wavs import recording


def test_a_prompt_is_its_text_spoken(make_store: MakeStore, voice: FakeVoice) -> None:
    (file,) = hear(make_store(), play("welcome"))
    assert seconds(file) == len("Welcome to us.") / 100
    assert voice.said == [("en", "Welcome to us.")]


def test_a_recording_wins_over_the_text(
    make_store: MakeStore, voice: FakeVoice, folder: Path
) -> None:
    folder.joinpath("en").mkdir()
    folder.joinpath("en", "welcome.wav").write_bytes(recording(11025, frequency=900))
    (file,) = hear(make_store(), play("welcome"))
    assert pitch(file) == pytest.approx(900, abs=4)
    assert not voice.said


def test_a_changed_recording_is_heard_by_the_next_store(
    make_store: MakeStore, folder: Path
) -> None:
    folder.joinpath("en").mkdir()
    for frequency in (900, 600):
        folder.joinpath("en", "welcome.wav").write_bytes(recording(8000, frequency=frequency))
        (file,) = hear(make_store(), play("welcome"))
        assert pitch(file) == pytest.approx(frequency, abs=4)


def test_a_broken_recording_is_replaced_by_its_text(
    make_store: MakeStore, voice: FakeVoice, folder: Path, warnings: Warnings
) -> None:
    folder.joinpath("en").mkdir()
    folder.joinpath("en", "welcome.wav").write_bytes(b"RIFF\0")
    store = make_store()
    hear(store, play("welcome"))
    assert voice.said == [("en", "Welcome to us.")]
    assert "not a WAV file" in warnings()[0]
    (trouble,) = store.render_all()
    assert trouble == Trouble("en", "welcome", "not a WAV file")


def test_a_broken_recording_without_a_text_is_a_tone(
    make_store: MakeStore, folder: Path, warnings: Warnings
) -> None:
    folder.joinpath("en").mkdir()
    folder.joinpath("en", "music.wav").touch()
    (file,) = hear(make_store(), play("music"))
    assert is_fallback(file)
    assert warnings()[-1] == "music is a tone now: not a WAV file"


def test_a_converter_that_cannot_start_leaves_the_text(
    make_store: MakeStore,
    voice: FakeVoice,
    folder: Path,
    warnings: Warnings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tmp_path.joinpath("numpy.py").write_text("raise ImportError('numpy is broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder.joinpath("en").mkdir()
    folder.joinpath("en", "welcome.wav").write_bytes(recording(8000))
    hear(make_store(), play("welcome"))
    assert voice.said == [("en", "Welcome to us.")]
    assert "numpy is broken" in warnings()[0]


def test_a_recording_that_has_gone_is_replaced_by_its_text(
    make_store: MakeStore, voice: FakeVoice, folder: Path
) -> None:
    folder.joinpath("en").mkdir()
    path = folder.joinpath("en", "welcome.wav")
    path.write_bytes(recording(8000))
    store = make_store()
    path.unlink()
    hear(store, play("welcome"))
    assert voice.said == [("en", "Welcome to us.")]


def test_texts_and_tones_and_prompts_keep_their_order(make_store: MakeStore) -> None:
    wanted = play(Tone(1500, 0.2), "menu", Text("Hello there, you."), "welcome", "menu")
    store = make_store()
    for _ in range(2):
        first, second, third, fourth, fifth = hear(store, wanted)
        assert pitch(first) == pytest.approx(1500, abs=5)
        assert seconds(first) == 0.2
        assert [seconds(each) for each in (second, third, fourth)] == [0.17, 0.17, 0.14]
        assert second == fifth


def test_short_sounds_are_at_least_100_ms_long(make_store: MakeStore) -> None:
    files = hear(make_store(), play(Text("Hi"), Tone(500, 0.01)))
    assert [seconds(file) for file in files] == [0.1, 0.1]


def test_built_in_prompts_are_there_and_can_be_replaced(
    make_store: MakeStore, voice: FakeVoice, folder: Path
) -> None:
    hear(make_store(), play("sorry", "no_match"))
    assert [words for _, words in voice.said] == [
        "We are sorry, something went wrong. Please call again later.",
        "Sorry, I did not get that.",
    ]
    folder.joinpath("en.yaml").write_text("sorry: Our fault.\n")
    hear(make_store(), play("sorry"))
    assert voice.said[-1] == ("en", "Our fault.")


@pytest.mark.parametrize("words", ["", " \n", "\0\x07"])
def test_a_text_without_words_is_a_tone(
    make_store: MakeStore, words: str, warnings: Warnings
) -> None:
    (file,) = hear(make_store(), play(Text(words)))
    assert is_fallback(file)
    assert "no words" in warnings()[0]


def test_an_unknown_prompt_is_a_tone_logged_once(make_store: MakeStore, warnings: Warnings) -> None:
    store = make_store()
    for _ in range(3):
        (file,) = hear(store, play("nonsense"))
        assert is_fallback(file)
    assert warnings() == ["nonsense is a tone now: there is no such prompt"]


def test_an_empty_list_is_a_tone(make_store: MakeStore) -> None:
    (file,) = hear(make_store(), play())
    assert is_fallback(file)


def test_control_characters_never_reach_the_voice(make_store: MakeStore, voice: FakeVoice) -> None:
    hear(make_store(), play(Text("one\0two\x1b[1m\nthree\ud800")))
    assert voice.said == [("en", "one two [1m three")]


# Languages.


@pytest.mark.parametrize("language", ["de", "DE", "de-CH", "de_CH"])
def test_a_region_hears_its_language(
    make_store: MakeStore, voice: FakeVoice, language: str
) -> None:
    hear(make_store(), play("welcome", language=language))
    assert voice.said == [("de", "Guten Tag.")]


def test_each_prompt_falls_back_alone(make_store: MakeStore, voice: FakeVoice) -> None:
    hear(make_store(), play("welcome", "menu", language="de"))
    assert voice.said == [("de", "Guten Tag."), ("en", "Press one or two.")]


def test_the_text_of_a_region_is_spoken_by_the_voice_of_its_language(
    make_store: MakeStore, voice: FakeVoice, folder: Path
) -> None:
    folder.joinpath("de-CH.yaml").write_text("welcome: Grüezi.\n")
    store = make_store()
    hear(store, play("welcome", language="de-CH"))
    assert voice.said == [("de", "Grüezi.")]
    assert store.render_all() == []
    assert store.missing() == []


def test_a_language_without_a_voice_is_said_in_the_default_one(
    make_store: MakeStore, voice: FakeVoice, warnings: Warnings
) -> None:
    store = make_store(language="fr")
    for words in ("un", "deux"):
        hear(store, play(Text(words), language="tlh"))
    assert voice.said == [("fr", "un"), ("fr", "deux")]
    assert warnings() == ["no voice speaks 'tlh'; trying the next language"]


def test_the_default_language_is_that_of_calls_that_name_none(
    make_store: MakeStore, voice: FakeVoice
) -> None:
    hear(make_store(language="de"), play("welcome", Text("Hallo")))
    assert voice.said == [("de", "Guten Tag."), ("de", "Hallo")]


def test_an_emptied_cache_is_filled_again(make_store: MakeStore, voice: FakeVoice) -> None:
    store = make_store()
    (file,) = hear(store, play("welcome"))
    for sound in file.parent.iterdir():
        sound.unlink()
    (again,) = hear(store, play("welcome"))
    assert again.exists() and len(voice.said) == 2
    for sound in file.parent.iterdir():
        sound.unlink()
    (tone,) = hear(store, play("no such prompt"))
    assert tone.exists()


def test_what_always_exists_is_said_in_the_caller_s_language(
    make_store: MakeStore, voice: FakeVoice, folder: Path
) -> None:
    folder.joinpath("en.yaml").write_text("no_input: Hello? Anybody there?\n")
    store = make_store()
    hear(store, play("no_input", language="de-AT"))
    hear(store, play("no_input"))
    hear(store, play("no_input", language="sv"))
    assert [words for _, words in voice.said][:2] == [
        "Ich habe leider nichts gehört.",
        "Hello? Anybody there?",
    ]
    assert store.untranslated == 1


def test_a_prompt_in_another_language_is_counted_and_told_once(
    make_store: MakeStore, warnings: Warnings
) -> None:
    store = make_store()
    for _ in range(3):
        hear(store, play("menu", "welcome", language="de"))  # the menu is English only
    assert store.untranslated == 3
    assert warnings() == ["menu does not exist in de: it is heard in another language"]

"""The model that comes with ivr is made anew, with other words."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import soxr
import vosk

from tools.tiny_model.espeak import Espeak
from tools.tiny_model.export import MODEL, export
from tools.tiny_model.lexicon import pronounce, read_words
from tools.tiny_model.telephone import A_LAW, MU_LAW, RATE, g711, some_line

NEW = ("pharmacy", "vacation", "roaming", "broadband")


@pytest.mark.line
def test_new_words_are_understood_without_training(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("pharmacy vacation\nroaming  broadband\n")
    known = export(tmp_path / "model", words)
    assert known == export(tmp_path / "as it was") + len(NEW)
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(tmp_path / "model"))
    espeak = Espeak()
    for word in NEW:
        assert heard(model, spoken(espeak, word), [*NEW, "yes", "no", "help"]) == word


@pytest.mark.line
def test_the_model_is_what_the_builder_makes(tmp_path: Path) -> None:
    export(tmp_path / "model")
    made = {file: content(tmp_path / "model" / file) for file in files(tmp_path / "model")}
    ours = {file: content(MODEL / file) for file in files(MODEL) if file.name != "README.md"}
    assert made == ours


def files(folder: Path) -> list[Path]:
    return [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]


def content(file: Path) -> bytes:
    return file.read_bytes()


def spoken(espeak: Espeak, words: str) -> bytes:
    """*words* in the sound of a telephone, with silence before and after."""
    pcm, _ = espeak.speak(words, rate=160)
    sound = soxr.resample(pcm.astype(np.float64), espeak.rate, RATE) / 2
    return g711(np.pad(sound, (RATE // 4, RATE // 2))).tobytes()


def heard(model: vosk.Model, sound: bytes, phrases: list[str]) -> str:
    recogniser = vosk.KaldiRecognizer(model, RATE, json.dumps(phrases))
    recogniser.AcceptWaveform(sound)
    return str(json.loads(recogniser.FinalResult())["text"])


@pytest.mark.parametrize(
    "wrong", ["Yes", "24", "na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve", "a-b"]
)
def test_what_is_no_word_is_refused_with_its_line(wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text(f"yes\n\nno {wrong}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"words.txt:3: '{wrong}' is no word"):
        read_words(file)


def test_a_folder_that_exists_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exists already"):
        export(tmp_path)


def test_a_word_is_said_as_each_accent_says_it() -> None:
    said = pronounce(["card"])["card"]
    assert said[("k", "A@", "d")] == 1.0
    assert 0 < said[("k", "A@", "r", "d")] < 1


def test_small_words_are_said_as_in_a_sentence_too() -> None:
    said = pronounce(["a", "to", "the"])
    assert {("eI",), ("@",)} <= said["a"].keys()
    assert {("t", "u:"), ("t", "@")} <= said["to"].keys()
    assert {("D", "@"), ("D", "I")} <= said["the"].keys()


def test_letters_are_said_one_by_one() -> None:
    said = pronounce(["am", "pm", "us"])
    assert {("a", "m"), ("eI", "E", "m"), ("@", "E", "m")} <= said["am"].keys()
    assert set(said["pm"]) == {("p", "i:", "E", "m")}
    assert ("j", "u:", "E", "s") in said["us"]


@pytest.mark.parametrize("law", [MU_LAW, A_LAW])
def test_g711_is_close_and_changes_nothing_twice(law: np.typing.NDArray[np.int16]) -> None:
    assert len(law) in (255, 256)
    sound = np.linspace(-32000.0, 32000.0, 4001)
    once = g711(sound, law)
    assert np.all(np.abs(once - sound) <= np.abs(sound) / 32 + 8)
    assert np.array_equal(g711(once.astype(np.float64), law), once)


def test_a_line_is_the_same_for_the_same_seed() -> None:
    sound = 9000 * np.sin(np.arange(RATE) / 5)
    assert np.array_equal(some_line(sound, random.Random(3)), some_line(sound, random.Random(3)))

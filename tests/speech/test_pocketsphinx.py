"""pocketsphinx, with the model that it brings along."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import pytest

from ivr.speech import audio, pocketsphinx_recogniser
from ivr.speech.pocketsphinx_recogniser import PocketsphinxRecogniser
from ivr.speech.recogniser import Grammar, Recognised, RecogniserError

MENU = Grammar(("support", "operator", "billing"))
DIGITS = tuple("one two three four five six seven eight nine".split())  # noqa: SIM905


@pytest.fixture(scope="module")
def recogniser() -> PocketsphinxRecogniser:
    return pocketsphinx_recogniser.load("")


@cache
def said(words: str, folder: Path) -> bytes:
    """By flite: this model does not understand espeak-ng."""
    file = folder / "said.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", str(file)], check=True)
    sound, rate = audio.read(file)
    audio.write(file, audio.to_phone_rate(sound, rate))
    return bytes(9600) + file.read_bytes()[44:] + bytes(4800)


def heard(
    recogniser: PocketsphinxRecogniser, grammar: Grammar, words: str, folder: Path
) -> Recognised:
    turn = recogniser.open(grammar, 8000)
    assert turn.feed(said(words, folder)) == ""
    return turn.finish()


@pytest.mark.parametrize("words", ["operator", "billing"])
def test_a_word_of_a_menu(recogniser: PocketsphinxRecogniser, words: str, tmp_path: Path) -> None:
    found = heard(recogniser, MENU, words, tmp_path)
    assert found == Recognised(words, 1.0, ((words, 1.0),))


def test_words_in_any_order(recogniser: PocketsphinxRecogniser, tmp_path: Path) -> None:
    grammar = Grammar(("operator",), DIGITS)
    assert heard(recogniser, grammar, "nine one one two", tmp_path).text == "nine one one two"


@pytest.mark.parametrize("words", ["I want to eat a banana", "pharmacy", "good morning"])
def test_what_is_no_answer(recogniser: PocketsphinxRecogniser, words: str, tmp_path: Path) -> None:
    assert heard(recogniser, MENU, words, tmp_path) == Recognised()


def test_two_turns_at_once(recogniser: PocketsphinxRecogniser, tmp_path: Path) -> None:
    first, second = recogniser.open(MENU, 8000), recogniser.open(MENU, 8000)
    first.feed(said("operator", tmp_path))
    second.feed(said("billing", tmp_path))
    assert [first.finish().text, second.finish().text] == ["operator", "billing"]


def test_nothing_was_said(recogniser: PocketsphinxRecogniser) -> None:
    assert recogniser.open(MENU, 8000).finish() == Recognised()


def test_its_dictionary(recogniser: PocketsphinxRecogniser) -> None:
    assert recogniser.knows("operator")
    assert recogniser.knows("don't")
    assert not recogniser.knows("Operator")
    assert not recogniser.knows("sound-ah")
    assert not recogniser.knows("xyzzy")


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(RecogniserError, match=r"expected a folder with mdef and a \*\.dict"):
        pocketsphinx_recogniser.load(str(tmp_path))

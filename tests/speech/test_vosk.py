"""The real vosk, with the model that comes along, and callers who speak by espeak-ng."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.effects import Listen
from ivr.engine.events import Heard, SpeechStarted
from ivr.speech import vosk_model, vosk_recogniser
from ivr.speech.ear import Ear
from ivr.speech.recogniser import UNKNOWN, Grammar, Recognised, RecogniserError

from .callers import LIMIT, Caller, frames, spoken

MODEL = vosk_model.EMBEDDED["en"]
DIGITS = tuple(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
MENU = ("sales", "support", "operator", "billing")


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    started = Ear("vosk", {"en": str(MODEL)}, limit=10.0)
    started.start()
    assert started.process.wait(LIMIT)
    yield started
    started.close()


def heard(ear: Ear, words: str, listen: Listen) -> Heard:
    caller = Caller(ear, listen)
    caller.is_silent(0.4)
    caller.sounds(spoken(words))
    caller.is_silent(1.5)
    assert caller.told() == SpeechStarted()
    result = caller.told()
    assert isinstance(result, Heard)
    return result


@pytest.mark.parametrize("words", ["sales", "operator", "billing"])
def test_a_word_of_a_menu(ear: Ear, words: str) -> None:
    found = heard(ear, words, Listen(MENU))
    assert found.text == words
    assert 0.5 < found.confidence <= 1


@pytest.mark.parametrize("words", ["four five six", "nine nine one two", "seven"])
def test_digits_in_any_order_and_number(ear: Ear, words: str) -> None:
    assert heard(ear, words, Listen((), DIGITS)).text == words


def test_a_word_beside_digits(ear: Ear) -> None:
    assert heard(ear, "operator", Listen(("operator",), DIGITS)).text == "operator"


def test_what_is_no_answer_is_heard_as_nothing(ear: Ear) -> None:
    assert heard(ear, "I want to eat a banana", Listen(MENU)).text == ""


def test_noise_is_no_answer(ear: Ear) -> None:
    caller = Caller(ear, Listen(MENU))
    caller.sounds(_noise(seconds=2))
    caller.is_silent(1.5)
    while caller.told_more:
        assert caller.told() in (SpeechStarted(), Heard("", 0.0))


def _noise(seconds: float) -> bytes:
    dice = random.Random(1)
    return b"".join(
        int(dice.gauss(0, 2000)).to_bytes(2, "little", signed=True)
        for _ in range(round(8000 * seconds))
    )


# -- without the process ----------------------------------------------------------------------


def recognise(recogniser: vosk_recogniser.VoskRecogniser, words: str, said: Grammar) -> Recognised:
    turn = recogniser.open(said, 8000)
    for frame in frames(spoken(words)):
        turn.feed(frame)
    return turn.finish()


def test_a_sentence_that_vosk_ends_itself_is_a_part_of_the_turn() -> None:
    recogniser = vosk_recogniser.load(str(MODEL))
    turn = recogniser.open(Grammar((), DIGITS), 8000)
    sound = spoken("four five") + bytes(16000) + spoken("six seven") + bytes(16000)
    for frame in frames(sound):
        text = turn.feed(frame)
    assert text == turn.finish().text == "four five six seven"


def test_each_word_has_a_confidence() -> None:
    found = recognise(vosk_recogniser.load(str(MODEL)), "four five", Grammar((), DIGITS))
    assert [word for word, _ in found.words] == ["four", "five"]
    assert all(found.confidence <= share <= 1 for _, share in found.words)


def test_a_model_for_another_rate_takes_the_lines_sound(tmp_path: Path) -> None:
    """The model is for 8000 Hz; one that says 16000 is made out of it, which hears nothing."""
    for part in MODEL.iterdir():
        if part.name != "conf":
            (tmp_path / part.name).symlink_to(part)
    (tmp_path / "conf").mkdir()
    for part in (MODEL / "conf").iterdir():
        text = part.read_text().replace("=8000", "=16000")
        (tmp_path / "conf" / part.name).write_text(text)
    with vosk_model.fit_for(8000, tmp_path) as folder:
        assert folder != tmp_path
    assert not folder.exists()
    recognise(vosk_recogniser.load(str(tmp_path)), "sales", Grammar(MENU))


def test_a_model_that_fits_is_used_as_it_is() -> None:
    with vosk_model.fit_for(8000, MODEL) as folder:
        assert folder == MODEL


def test_the_words_of_a_model() -> None:
    words = vosk_model.words(MODEL)
    assert words >= {*DIGITS, *MENU}
    assert not words & {UNKNOWN, "<eps>", "#0"}
    recogniser = vosk_recogniser.load(str(MODEL))
    assert all(map(recogniser.knows, words))
    assert not recogniser.knows("banana")


def test_what_is_no_model_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(RecogniserError, match="is no folder"):
        vosk_recogniser.load(str(tmp_path / "none"))
    with pytest.raises(RecogniserError, match=r"there is no am/final\.mdl in it"):
        vosk_recogniser.load(str(tmp_path))


def test_a_model_that_vosk_refuses_says_so(tmp_path: Path) -> None:
    parts = (*vosk_model.NEEDED, vosk_model.SETTINGS, *vosk_model.GRAMMAR, vosk_model.WORDS)
    for name in parts:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("yes 1\n" if name == vosk_model.WORDS else "")
    with pytest.raises(RecogniserError, match="vosk cannot load it"):
        vosk_recogniser.load(str(tmp_path))


@given(st.lists(st.text("abcdef", min_size=1), min_size=1, max_size=12, unique=True))
def test_each_word_of_a_loop_follows_each(words: list[str]) -> None:
    row = list(vosk_recogniser.in_any_order(words))
    pairs = list(pairwise(row))
    assert len(pairs) == len(set(pairs)) == len(words) ** 2


phrases = st.lists(st.text('ab "\\é', min_size=1).filter(str.strip), max_size=5).map(tuple)


@given(phrases, phrases)
def test_a_grammar_is_a_list_of_texts_that_are_not_empty(
    said: tuple[str, ...], loop: tuple[str, ...]
) -> None:
    listed = json.loads(vosk_recogniser.listed(Grammar(said, loop)))
    assert listed[-1] == UNKNOWN
    assert all(isinstance(text, str) and text for text in listed)


likelihoods = st.lists(
    st.tuples(st.sampled_from(["", "a", "b", "a b", UNKNOWN]), st.floats(-900, 900))
)


@given(st.lists(likelihoods, max_size=3))
def test_confidences_are_shares(sentences: list[list[tuple[str, float]]]) -> None:
    found = vosk_recogniser.recognised(
        [
            guesses
            for sentence in sentences
            if (
                guesses := vosk_recogniser.guesses(
                    [{"text": text, "confidence": number} for text, number in sentence]
                )
            )
        ]
    )
    shares = [found.confidence, *(share for _, share in found.alternatives)]
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) <= 1.001
    assert shares == sorted(shares, reverse=True)
    assert found.text not in [text for text, _ in found.alternatives]

"""The speech benchmark says the same things each time, and judges them as a flow does."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import soxr

from benchmarks.speech import measure
from benchmarks.speech_corpus import (
    BEFORE,
    SEED,
    Kind,
    Utterance,
    Voice,
    by_telephone,
    corpus,
    voices,
)
from benchmarks.speech_figures import Answer, distance, print_answers, print_costs, print_delays
from ivr.speech.ear import Ear
from ivr.speech.vosk_model import EMBEDDED
from tools.tiny_model.espeak import Espeak
from tools.tiny_model.speakers import FLITE, VARIANTS
from tools.tiny_model.telephone import MU_LAW, RATE, Pcm

ANN = Voice("espeak-ng", "gmw/en-US", True)


def hum(words: str, voice: Voice, chance: random.Random) -> tuple[Pcm, int]:
    """A voice that is always the same."""
    seconds = np.arange(16000 * len(words) // 20) / 16000
    sound: Pcm = np.rint(9000 * np.sin(900 * seconds)).astype(np.int16)
    return sound, 16000


def said(words: str, kind: Kind, asked: Kind) -> Utterance:
    return Utterance(kind, words, asked, ANN, None, b"", 0)


def test_the_corpus_is_the_same_for_the_same_seed() -> None:
    first, again = (list(corpus(SEED, 3, hum)) for _ in range(2))
    assert first == again
    assert first != list(corpus(SEED + 1, 3, hum))
    kinds = Counter((each.kind, each.noise) for each in first)
    assert min(kinds.values()) > 10 and len(kinds) == 12
    assert all({*np.frombuffer(each.sound, np.int16)} <= {*MU_LAW} for each in first[:20])


def test_unseen_voices_are_none_that_the_model_has_learnt_from() -> None:
    unseen = {each.name.rpartition("+")[2] for each in voices(random.Random(1), 9) if not each.seen}
    assert unseen and not unseen & {*VARIANTS, *FLITE, ""}


def test_the_noise_is_as_loud_as_it_says() -> None:
    speech, _ = hum("a b c d e f g h i j", ANN, random.Random(1))
    line, end = by_telephone(speech.astype(float), 20.0, np.random.default_rng(1))
    begin = round(BEFORE * RATE)
    loud = [float(np.std(part.astype(float))) for part in (line[begin:end], line[:begin])]
    assert 20 * np.log10(loud[0] / loud[1]) == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize(
    ("utterance", "text", "confidence", "right", "errors"),
    [
        (said("four two", "digits", "digits"), "four two", 1.0, True, 0),
        (said("four two", "digits", "digits"), "four two two", 1.0, False, 1),
        (said("four two", "digits", "digits"), "four [unk]", 1.0, False, 2),
        (said("four two", "digits", "digits"), "four two", 0.1, False, 2),
        (said("yes", "yes/no", "yes/no"), "yes no", 1.0, False, 1),
        (said("maybe later", "other", "yes/no"), "", 0.0, True, 2),
        (said("maybe later", "other", "yes/no"), "[unk] yes", 1.0, True, 2),
        (said("maybe later", "other", "yes/no"), "no", 1.0, False, 2),
    ],
)
def test_an_answer_is_judged_as_a_flow_does(
    utterance: Utterance, text: str, confidence: float, right: bool, errors: int
) -> None:
    answer = Answer(utterance, text, confidence, 0.4)
    assert (answer.right, answer.errors) == (right, errors)


@pytest.mark.parametrize(
    ("text", "other", "changes"),
    [("", "", 0), ("a b", "", 2), ("", "a", 1), ("a b c", "a c", 1), ("a b", "b a", 2)],
)
def test_words_that_are_wrong(text: str, other: str, changes: int) -> None:
    assert distance(text.split(), other.split()) == changes


def test_callers_are_understood_by_the_model_that_comes_with_ivr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    espeak = Espeak()
    utterances = []
    asked: tuple[tuple[str, Kind], ...] = (("yes", "yes/no"), ("operator", "commands"))
    for words, kind in asked:
        spoken, _ = espeak.speak(words, rate=160)
        sound = soxr.resample(spoken.astype(np.float64), espeak.rate, RATE)
        line, end = by_telephone(sound, None, np.random.default_rng(1))
        utterances.append(replace(said(words, kind, kind), sound=line.tobytes(), end=end))
    ear = Ear("vosk", {"en": str(EMBEDDED["en"])})
    try:
        answers, costs = measure(ear, utterances, 2)
    finally:
        ear.close()
    assert {each.taken for each in answers} == {"yes", "operator"}
    assert all(each.after and 0.2 < each.after < 3 for each in answers)
    assert 2 < costs.listened < 20
    print_answers(answers)
    print_delays(answers)
    print_costs(costs, 2)
    printed = capsys.readouterr().out
    assert "| yes/no   | espeak-ng, seen | 100.0%, 1 of 1 |" in printed
    assert "goal: below 400 ms" in printed

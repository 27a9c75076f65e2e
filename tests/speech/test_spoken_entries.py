"""What callers say instead of typing is heard by the model that comes with ivr."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import soxr

from ivr.engine.builtins import Type
from ivr.engine.spoken import keys_of, loop_words, phrases
from ivr.speech.recogniser import Grammar
from ivr.speech.vosk_model import EMBEDDED
from ivr.speech.vosk_recogniser import VoskRecogniser, load
from tools.tiny_model.espeak import Espeak
from tools.tiny_model.telephone import RATE, g711

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def recogniser() -> VoskRecogniser:
    return load(str(EMBEDDED["en"]))


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    return Espeak()


@pytest.mark.parametrize(
    ("type", "words", "keys"),
    [
        ("digits", "four two seven nine", "4279"),
        ("digits", "double five", "55"),
        ("phone", "plus four nine three zero", "004930"),
        ("phone", "double seven three extension two", "773*2"),
        ("number", "nine hundred ninety nine", "999"),
        ("number", "twelve point five", "12*5"),
        ("currency", "twelve euros fifty", "12*50"),
        ("currency", "forty five dollars", "45"),
        ("currency", "eighty pence", "0*80"),
        ("date", "the twelfth of may", "20260512"),
        ("date", "december thirty first", "20261231"),
        ("date", "the fourth of july nineteen eighty four", "19840704"),
        ("date", "on friday the ninth of january", "20260109"),
        ("date", "yesterday", "20251231"),
        ("time", "half past nine", "0930"),
        ("time", "a quarter to eight", "0745"),
        ("time", "seven o'clock", "0700"),
        ("time", "fourteen thirty", "1430"),
        ("time", "five p m", "1700"),
        ("time", "midnight", "0000"),
    ],
)
def test_what_is_said_is_heard(
    recogniser: VoskRecogniser, espeak: Espeak, type: Type, words: str, keys: str
) -> None:
    pcm, _ = espeak.speak(words, "gmw/en", rate=160)
    sound = soxr.resample(pcm.astype(np.float64), espeak.rate, RATE) / 2
    turn = recogniser.open(Grammar(phrases(type, "en"), loop_words(type, "en")), RATE)
    turn.feed(g711(np.pad(sound, (RATE // 4, RATE // 2))).tobytes())
    heard = turn.finish()
    assert keys_of(type, heard.text, "en", TODAY) == keys, heard
    assert heard.confidence > 0.5

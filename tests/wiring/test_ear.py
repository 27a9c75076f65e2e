"""A prompt is found in what a caller hears, and followed to its end."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.phoning.ear import Samples, find, heard, of_pcm, seconds_loud, trimmed

RATE = 8000


def spoken(words: str) -> Samples:
    """Something like speech: a syllable of one or two tones for each letter."""
    time = np.arange(RATE // 8) / RATE
    waves = [
        np.sin(2 * np.pi * (200 + 97 * (ord(letter) % 17)) * time)
        + np.sin(2 * np.pi * (1300 + 131 * (ord(letter) % 13)) * time)
        for letter in words
    ]
    return 3000 * np.concatenate(waves)


def with_silence(*parts: Samples) -> Samples:
    noise = np.random.default_rng(1).normal(0, 8, RATE)
    return np.concatenate([noise, *parts, noise])


WELCOME, MENU = spoken("welcome to the line"), spoken("for sales press one")


@pytest.mark.parametrize("loudness", [0.2, 1.0, 3.0])
def test_a_prompt_is_found_where_it_begins(loudness: float) -> None:
    place = find(MENU, loudness * with_silence(WELCOME, MENU))
    assert place is not None and abs(place - RATE - len(WELCOME)) <= 160


def test_what_is_not_there_is_not_found() -> None:
    assert find(MENU, with_silence(WELCOME)) is None
    assert find(MENU, MENU[: RATE // 4]) is None


def test_a_prompt_that_is_whole() -> None:
    assert heard(MENU, with_silence(MENU)[RATE:]) == len(MENU)


@pytest.mark.parametrize("seconds", [0.6, 1.5])
def test_a_prompt_that_is_cut_off(seconds: float) -> None:
    part = MENU[: round(seconds * RATE)]
    assert heard(MENU, with_silence(part)[RATE:]) / RATE == pytest.approx(seconds, abs=0.3)


def test_a_word_in_the_middle_that_is_another() -> None:
    assert heard(MENU, with_silence(spoken("for sales press two"))[RATE:]) < len(MENU) - RATE // 8


def test_a_line_that_skips_a_frame() -> None:
    skipped = np.concatenate([MENU[: RATE // 2], MENU[RATE // 2 + 160 :]])
    assert heard(MENU, with_silence(skipped)[RATE:]) == len(MENU)


def test_silence_at_the_ends_is_left_out() -> None:
    sound = of_pcm(with_silence(MENU).astype("<i2").tobytes())
    assert abs(len(trimmed(sound)) - len(MENU)) <= 320
    assert seconds_loud(sound) == pytest.approx(len(MENU) / RATE, abs=0.05)

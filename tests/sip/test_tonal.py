"""What is a voice, and what only sounds loud."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.sip.tonal import Tonal

from . import sounds, speakers
from .sounds import Sound

VOICED = 10  # frames of voice that begin a turn, unless a flow says otherwise


def tones(sound: Sound) -> list[bool]:
    tonal = Tonal()
    return [tonal.feed(frame) for frame in sounds.frames(sound)]


def steady(*hertz: float, seconds: float = 1.0) -> Sound:
    parts = [sounds.tone(each, seconds, 4000) for each in hertz]
    return np.sum(parts, axis=0)  # type: ignore[no-any-return]


@pytest.mark.parametrize("below", [None, 20, 10])
@pytest.mark.parametrize(
    "hertz",
    [(440, 480), (480, 620), (350, 440), (400, 450), (425,), (440,), (1000,), (950,), (2100,)],
    ids=str,
)
def test_a_tone_is_none_before_it_could_begin_a_turn(
    hertz: tuple[int, ...], below: float | None
) -> None:
    quiet = sounds.silence(0.3)
    sound = np.concatenate([quiet, steady(*hertz), quiet])
    if below is not None:
        sound = sounds.noise(sound, below, 4000 * len(hertz) ** 0.5 * 0.7)
    found = tones(sound)[15:65]
    assert found.index(True) < VOICED
    assert sum(found) >= 25


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "made up"])
def test_a_tone_stays_one_where_frames_are_lost_or_made_up(lost: bool) -> None:
    """As a buffer does that has too much, or too little."""
    frames = list(sounds.frames(steady(440, 480, seconds=2)))
    heard = [
        frame
        for number, frame in enumerate(frames)
        for _ in range((0 if lost else 2) if number % 15 == 14 else 1)
    ]
    tonal = Tonal()
    found = [tonal.feed(frame) for frame in heard]
    assert found.index(True) < VOICED
    assert "0" * VOICED not in "".join(str(int(tone)) for tone in found)


@pytest.mark.parametrize("key", "159#")
def test_a_key_is_one_from_its_second_window_on(key: str) -> None:
    found = tones(np.concatenate([sounds.silence(0.1), sounds.key(key, 0.3)]))
    assert sum(found[5:]) >= 13


@pytest.mark.parametrize("voice", speakers.VOICES)
def test_who_speaks_is_no_tone(voice: str) -> None:
    words = (
        "one two three four five six seven eight nine zero",
        "moon soon noon",
        "I am on the line",
    )
    found = [tone for text in words for tone in tones(speakers.said(text, voice))]
    assert sum(found) <= 0.01 * len(found)


def test_silence_and_noise_are_none() -> None:
    assert not any(tones(sounds.silence(1)))
    assert not any(tones(sounds.noise(sounds.silence(2), 0, 3000)))

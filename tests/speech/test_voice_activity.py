"""What is taken for a voice, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.speech.turn import Turning, Turns
from ivr.speech.voice_activity import FRAME_BYTES, VoiceActivity

from .callers import frames, spoken

WORDS = ["sales", "yes", "four five six", "I would like to speak to someone in billing"]


def heard(
    words: str, *, noise: float | None = None, louder: float = 0.0, mode: int = 2
) -> list[tuple[Turning, int]]:
    """What a caller does who is silent for 2 s, speaks and is silent again: frames, counted from
    the first and the last one of his speech; `noise` and `louder` in dB, of his level."""
    speech = np.frombuffer(spoken(words), np.int16) * 10 ** (louder / 20)
    sound = np.concatenate([np.zeros(16000), speech, np.zeros(16000)])
    if noise is not None:
        level = np.sqrt(np.mean(speech**2)) * 10 ** (noise / 20)
        sound += np.random.default_rng(1).standard_normal(len(sound)) * level
    activity, turns = VoiceActivity(mode), Turns(0.2, 0.3, 1.0, 10.0)
    told = []
    pcm = np.clip(sound, -32768, 32767).astype(np.int16).tobytes()
    for number, frame in enumerate(frames(pcm)):
        turning = turns.hear("voice" if activity.is_voice(frame) else "silence", complete=True)
        if turning:
            start = 100 if turning == "begins" else 100 + len(speech) // 160
            told.append((turning, number - start))
    return told


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("noise", [None, -20.0])
def test_one_turn_is_found_where_it_is(words: str, noise: float | None) -> None:
    (begins, after), (ends, later) = heard(words, noise=noise)
    assert (begins, ends) == ("begins", "ends")
    assert 9 <= after <= 20
    assert 5 <= later <= 17  # behind what he said there is a moment of silence


def test_loud_noise_is_no_voice_and_does_not_keep_one_from_being_heard() -> None:
    found = heard("four five six", noise=-10.0)
    assert [turning for turning, _ in found] == ["begins", "ends"]


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_noise_alone_is_no_voice(mode: int) -> None:
    noise = np.random.default_rng(2).standard_normal(80000) * 1000
    activity, turns = VoiceActivity(mode), Turns(0.2, 0.3, 1.0, 10.0)
    for frame in frames(noise.astype(np.int16).tobytes()):
        voice = activity.is_voice(frame)
        assert turns.hear("voice" if voice else "silence", complete=True) is None


def test_what_is_below_the_floor_is_no_voice() -> None:
    assert heard("sales", louder=-20.0)
    assert not heard("sales", louder=-45.0)


def test_silence_is_no_voice() -> None:
    assert not any(VoiceActivity(0).is_voice(bytes(FRAME_BYTES)) for _ in range(10))

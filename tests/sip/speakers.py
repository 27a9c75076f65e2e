"""Callers who speak: espeak-ng, of whose voices the model that comes along is made, and flite."""

from __future__ import annotations

import io
import subprocess
import wave
from functools import cache

import numpy as np
import soxr

from tests.speech.callers import spoken

from .sounds import RATE, Sound, silence

VOICES = ("espeak-ng", "flite")
LOUD = 3000.0  # root mean square while he speaks


@cache
def said(words: str, voice: str = "espeak-ng") -> Sound:
    """*words*, without silence around them."""
    if voice == "flite":
        sound = _flite(words)
    else:
        sound = np.frombuffer(spoken(words), np.int16).astype(float)
    voiced = np.flatnonzero(np.abs(sound) > 300)
    sound = sound[voiced[0] : voiced[-1]]
    loud = float(np.sqrt(np.mean(sound**2)))
    return sound * (LOUD / loud)


def _flite(words: str) -> Sound:
    command = ["flite", "-voice", "slt", "-t", words, "-o", "/dev/stdout"]
    done = subprocess.run(command, capture_output=True, check=True)
    with wave.open(io.BytesIO(done.stdout)) as file:
        samples = np.frombuffer(file.readframes(1 << 24), np.int16).astype(float)
        resampled: Sound = soxr.resample(samples, file.getframerate(), RATE)
        return resampled


def noisy(sound: Sound, below: float | None) -> Sound:
    """*sound* on a line with white noise, so many dB below a voice; None: without."""
    if below is None:
        return sound
    deviation = LOUD * 10 ** (-below / 20)
    return sound + np.random.default_rng(1).normal(0, deviation, len(sound))


def turn(
    words: str, voice: str = "espeak-ng", below: float | None = None, before: float = 0.6,
    after: float = 1.6,
) -> Sound:  # fmt: skip
    """Somebody who waits, says *words*, and waits again; times in seconds."""
    return noisy(np.concatenate([silence(before), said(words, voice), silence(after)]), below)

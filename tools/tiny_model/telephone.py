"""What the telephone does to speech: noise, narrow bands, G.711."""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]
Sound = npt.NDArray[np.float64]

RATE = 8000
_STEPS, _SEGMENTS = np.arange(16), np.arange(8)[:, None]
_MU = ((_STEPS * 8 + 132) << _SEGMENTS) - 132  # ITU-T G.711, table 2
_A = np.where(
    _SEGMENTS == 0, _STEPS * 16 + 8, (_STEPS * 16 + 264) << np.maximum(_SEGMENTS - 1, 0)
)  # table 1


def _levels(magnitudes: npt.NDArray[np.int64]) -> Pcm:
    both = np.concatenate([-magnitudes.ravel(), magnitudes.ravel()])
    return np.unique(both).astype(np.int16)


MU_LAW, A_LAW = _levels(_MU), _levels(_A)
"""Every value that a sample can have which went through G.711."""


def g711(sound: Sound, law: Pcm = MU_LAW) -> Pcm:
    """*sound*, full scale 32767, as it is after G.711."""
    between = (law[1:].astype(np.float64) + law[:-1]) / 2
    return law[np.searchsorted(between, sound)]


def with_noise(sound: Sound, below: float, chance: np.random.Generator, tilt: float = 0.0) -> Sound:
    """*sound* and noise, so many dB below it; *tilt* takes high frequencies from the noise."""
    noise = chance.standard_normal(len(sound))
    if tilt:
        spectrum = np.fft.rfft(noise)
        noise = np.fft.irfft(spectrum / np.arange(1, len(spectrum) + 1) ** tilt, len(sound))
    power = float(np.mean(sound**2)) + 1e-9
    loud = float(np.sqrt(power / 10 ** (below / 10)) / (noise.std() + 1e-9))
    return sound + loud * noise


def narrowed(sound: Sound, low: float, high: float) -> Sound:
    """*sound* with little below *low* and above *high*, both in hertz."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    gain = 1 / (1 + (low / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high) ** 16)
    return np.fft.irfft(spectrum * gain, len(sound))


def some_line(sound: Sound, chance: random.Random) -> Pcm:
    """*sound* as it may come from some telephone."""
    sound = sound / (np.abs(sound).max() + 1e-9) * 10 ** (chance.uniform(-30, -1) / 20) * 32767
    if chance.random() < 0.85:
        tilt = chance.uniform(0.2, 0.6) if chance.random() < 0.5 else 0.0
        noise = np.random.default_rng(chance.getrandbits(64))
        sound = with_noise(sound, chance.uniform(4, 45), noise, tilt)
    if chance.random() < 0.4:
        sound = narrowed(sound, chance.uniform(50, 320), chance.uniform(3300, 3950))
    law = chance.choices([MU_LAW, A_LAW, None], [2, 1, 1])[0]
    if law is None:
        return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
    return g711(sound, law)


def some_tone(samples: int, chance: random.Random) -> Sound:
    """A key, a beep or ringback: what is no speech."""
    seconds = np.arange(samples) / RATE
    frequencies = chance.choices(
        [
            (chance.choice([697, 770, 852, 941]), chance.choice([1209, 1336, 1477])),
            (chance.choice([440, 500, 800, 1000, 1400, 2100]),),
            (440, 480),
        ],
        [5, 3, 2],
    )[0]
    tone: Sound = sum(
        (np.sin(2 * np.pi * frequency * seconds) for frequency in frequencies), np.zeros(samples)
    )
    return tone * chance.uniform(500, 6000)

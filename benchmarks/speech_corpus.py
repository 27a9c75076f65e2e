"""What callers say, and in which voice: the same choices each time.

Voices are those that the small model has learnt from, and those that it has not: espeak-ng's and
flite's.  Each sentence comes by telephone, mu-law at 8000 Hz, with no noise and with some.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import numpy as np
import soxr

from tools.tiny_model.espeak import Espeak
from tools.tiny_model.generate import flite
from tools.tiny_model.speakers import COMMANDS, FLITE, UNSEEN_FLITE, UNSEEN_VARIANTS, VARIANTS
from tools.tiny_model.telephone import RATE, Pcm, Sound, g711, with_noise

Kind = Literal["digits", "commands", "yes/no", "other"]

SEED = 20
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
YES_NO = ("yes", "no")
OTHER = (
    "hello there",
    "what did you say",
    "good morning to you",
    "never mind that",
    "is anybody listening",
    "pineapple",
    "helicopter",
    "the weather is lovely",
    "maybe later",
    "could you turn that down",
)
"""What nobody asked for; hardly a word of it is known to the small model."""
PHRASES = {"commands": tuple(COMMANDS), "yes/no": YES_NO}
"""What is listened for; digits come in any order."""

BEFORE, AFTER = 0.4, 1.0  # seconds
LOUD = 0.5  # of full scale, the loudest sample
AUDIBLE = 0.02  # of the loudest sample: where speech ends
NOISES = (None, 20.0, 10.0)  # dB below speech


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, and whether the small model has learnt from him."""

    engine: Literal["espeak-ng", "flite"]
    name: str
    seen: bool

    @property
    def group(self) -> str:
        return f"{self.engine}, {'seen' if self.seen else 'unseen'}"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that a caller says."""

    kind: Kind
    words: str
    asked: Kind
    """What is listened for; it is `kind`, where that is not `other`."""
    voice: Voice
    noise: float | None
    """dB below speech; None: there is none."""
    sound: bytes
    """PCM16 at 8000 Hz, from `BEFORE` it until `AFTER` it."""
    end: int
    """The sample with which speech ends."""


class Speaker(Protocol):
    """What says something in a voice: samples, and their rate."""

    def __call__(self, words: str, voice: Voice, chance: random.Random, /) -> tuple[Pcm, int]: ...


def voices(chance: random.Random, of_each: int) -> list[Voice]:
    """Voices of espeak-ng, so many of each group, and all of flite's."""
    accents = ("gmw/en-US", "gmw/en")
    plain = [Voice("espeak-ng", accent, True) for accent in accents]
    some = [f"gmw/en-US+{each}" for each in chance.sample(VARIANTS, of_each - len(plain))]
    others = [
        f"{chance.choice(accents)}+{each}" for each in chance.sample(UNSEEN_VARIANTS, of_each)
    ]
    return [
        *plain,
        *(Voice("espeak-ng", name, True) for name in some),
        *(Voice("espeak-ng", name, False) for name in others),
        *(Voice("flite", name, True) for name in FLITE if name != "kal16"),  # kal once is enough
        *(Voice("flite", name, False) for name in UNSEEN_FLITE),
    ]


def speaker() -> Speaker:
    """espeak-ng and flite."""
    return partial(_speak, Espeak())


def corpus(seed: int, of_each: int, speak: Speaker) -> Iterator[Utterance]:
    """What every voice says, in every noise; see `voices` for *of_each*."""
    chance = random.Random(seed)
    for voice in voices(chance, of_each):
        for kind, words, asked in sayings(chance):
            pcm, rate = speak(words, voice, chance)
            sound = soxr.resample(pcm.astype(np.float64), rate, RATE)
            for noise in NOISES:
                noises = np.random.default_rng(chance.getrandbits(64))
                telephoned, end = by_telephone(sound, noise, noises)
                yield Utterance(kind, words, asked, voice, noise, telephoned.tobytes(), end)


def sayings(chance: random.Random) -> Iterator[tuple[Kind, str, Kind]]:
    """What one voice says: its kind, the words, and what is listened for."""
    for length in (1, 3, 4, 4, 6):
        yield "digits", " ".join(chance.choice(DIGITS) for _ in range(length)), "digits"
    for command in COMMANDS:
        if command not in YES_NO:
            yield "commands", command, "commands"
    for word in YES_NO:
        yield "yes/no", word, "yes/no"
    asked: Sequence[Kind] = ("digits", "commands", "yes/no")
    for words, kind in zip(chance.sample(OTHER, len(asked)), asked, strict=True):
        yield "other", words, kind


def by_telephone(sound: Sound, noise: float | None, noises: np.random.Generator) -> tuple[Pcm, int]:
    """*sound* as it comes to us, with the *noise* before and after it; the sample it ends with."""
    sound = sound * LOUD * 32767 / np.abs(sound).max()
    heard = np.flatnonzero(np.abs(sound) > AUDIBLE * np.abs(sound).max())
    sound = sound[heard[0] : heard[-1] + 1]
    before, after = round(BEFORE * RATE), round(AFTER * RATE)
    line = np.pad(sound, (before, after))
    if noise is not None:
        # The level of speech is that of what is said, without the silence around it.
        below = noise + 10 * np.log10(len(sound) / len(line))
        line = with_noise(line, below, noises)
    return g711(line), before + len(sound)


def _speak(espeak: Espeak, words: str, voice: Voice, chance: random.Random) -> tuple[Pcm, int]:
    rate, pitch = chance.choice((140, 160, 180)), chance.choice((40, 50, 58))
    if voice.engine == "flite":
        return flite(words, voice.name)
    return espeak.speak(words, voice.name, rate=rate, pitch=pitch)[0], espeak.rate

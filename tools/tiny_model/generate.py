"""Speak what the model learns from: five hours of espeak-ng, one and a half of flite; minutes.

    python -m tools.tiny_model.generate [SENTENCES [SENTENCES_OF_FLITE]] > data.pickle

Takes flite (apt-get install flite) and the package kaldi-native-fbank.
"""

from __future__ import annotations

import io
import pickle
import random
import subprocess
import sys
import wave
from collections.abc import Iterator
from itertools import chain
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from .espeak import Espeak
from .kaldi import FEATURES
from .phones import PHONES, SILENCE, phones_of
from .speakers import ACCENTS, FLITE, UNSEEN_VARIANTS, VARIANTS, some_words
from .telephone import RATE, Pcm, Sound, some_line, some_tone
from .utterance import Data, Utterance

SENTENCES, SENTENCES_OF_FLITE, SENTENCES_UNSEEN = 9000, 2500, 300
_PORTION = 150


def features(pcm: Pcm) -> npt.NDArray[np.float32]:
    """MFCC as vosk makes them from conf/mfcc.conf."""
    import kaldi_native_fbank

    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.samp_freq, options.frame_opts.dither = RATE, 0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = options.num_ceps = FEATURES
    options.mel_opts.low_freq, options.mel_opts.high_freq = 100, 3800
    options.use_energy = False
    mfcc = kaldi_native_fbank.OnlineMfcc(options)
    mfcc.accept_waveform(RATE, pcm.astype(np.float32))
    mfcc.input_finished()
    rows = [mfcc.get_frame(number) for number in range(mfcc.num_frames_ready)]
    return np.array(rows, np.float32).reshape(-1, FEATURES)


def other_words() -> list[str]:
    """Some 100,000 English words, of which pocketsphinx has a list."""
    import pocketsphinx

    listed = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    words = (line.split()[0] for line in listed.read_text().splitlines())
    return [word for word in words if word.isalpha() and 3 <= len(word) <= 10]


def spoken_by_espeak(task: tuple[int, int, bool]) -> list[Utterance]:
    """As many sentences as the *task* says, which begins with a seed.

    It ends with whether the voices are those that are not learnt from.
    """
    seed, count, unseen = task
    chance, espeak, others = random.Random(seed), Espeak(), other_words()
    said = (_by_espeak(espeak, others, chance, unseen) for _ in range(count))
    return [each for each in said if each]


def spoken_by_flite(task: tuple[int, int]) -> list[Utterance]:
    """The same by flite, which does not tell when a sound begins."""
    seed, count = task
    chance, espeak, others = random.Random(seed), Espeak(), other_words()
    said = (_by_flite(espeak, others, chance) for _ in range(count))
    return [each for each in said if each]


def flite(words: str, voice: str, stretch: float = 1.0) -> tuple[Pcm, int]:
    """*words* as flite says them, and their rate."""
    command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}"]
    spoken = subprocess.run(
        [*command, "-t", words, "-o", "/dev/stdout"], capture_output=True, check=True
    ).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16), file.getframerate()


def _by_espeak(
    espeak: Espeak, others: list[str], chance: random.Random, unseen: bool
) -> Utterance | None:
    """A sentence; None if a sound in it is none of ours."""
    accent = chance.choice(ACCENTS)
    variant = chance.choice(UNSEEN_VARIANTS if unseen else ("", "", "", *VARIANTS))
    pcm, sounds = espeak.speak(
        _sentence(others, chance),
        f"{accent}+{variant}" if variant else accent,
        rate=chance.choice([118, 137, 162, 187, 205] if unseen else range(110, 231, 5)),
        pitch=chance.choice([35, 45, 50, 62] if unseen else range(15, 86, 5)),
        pitch_range=chance.randint(20, 80),
        word_gap=chance.choice([0, 0, 0, 2, 6]),
    )
    if len(pcm) < 2000:
        return None
    try:
        rows = [(sound.begins, phones_of(sound.mnemonic, accent)) for sound in sounds]
    except KeyError:
        return None
    warp = 1.0 if unseen or chance.random() < 0.3 else chance.uniform(0.85, 1.18)
    lead, tail = chance.uniform(0.05, 0.7), chance.uniform(0.1, 0.9)
    sound = soxr.resample(pcm.astype(np.float64), espeak.rate * warp, RATE)
    phones = [(0.0, PHONES.index(SILENCE))]
    ends = [begins for begins, _ in rows[1:]] + [len(pcm)]
    for (begins, sounded), end in zip(rows, ends, strict=True):
        for number, phone in enumerate(sounded):
            at = begins + (end - begins) * number / len(sounded)
            phones.append((lead + at / espeak.rate / warp, PHONES.index(phone)))
    line = np.concatenate([_before(lead, chance), sound, _after(tail, chance)])
    return Utterance(features(some_line(line, chance)), phones)


def _by_flite(espeak: Espeak, others: list[str], chance: random.Random) -> Utterance | None:
    words = _sentence(others, chance)
    pcm, rate = flite(words, chance.choice(FLITE), chance.choice([0.8, 0.9, 1.0, 1.0, 1.15]))
    phones = [SILENCE]
    for word in words.replace(",", " ").split():
        _, sounds = espeak.speak(word)
        try:
            said = [each for sound in sounds for each in phones_of(sound.mnemonic, ACCENTS[0])]
        except KeyError:
            return None
        phones += [*(phone for phone in said if phone != SILENCE), SILENCE]
    sound = soxr.resample(pcm.astype(np.float64), rate * chance.uniform(0.88, 1.14), RATE)
    lead, tail = _quiet(chance.uniform(0.05, 0.4)), _quiet(chance.uniform(0.05, 0.5))
    line = np.concatenate([lead, sound, tail])
    each = len(line) / RATE / len(phones)
    return Utterance(
        features(some_line(line, chance)),
        [(each * number, PHONES.index(phone)) for number, phone in enumerate(phones)],
    )


def _sentence(others: list[str], chance: random.Random) -> str:
    return chance.choice([" ", " ", ", "]).join(some_words(others, chance))


def _before(seconds: float, chance: random.Random) -> Sound:
    """What is heard before somebody speaks: nothing, or the end of a tone."""
    sound = _quiet(seconds)
    if chance.random() < 0.15 and len(sound) > 1200:
        end = chance.randint(400, len(sound) - 400)
        sound[:end] = some_tone(end, chance)
    return sound


def _after(seconds: float, chance: random.Random) -> Sound:
    sound = _quiet(seconds)
    if chance.random() < 0.15 and len(sound) > 2400:
        begin = chance.randint(1600, len(sound) - 400)
        sound[begin:] = some_tone(len(sound) - begin, chance)
    return sound


def _quiet(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE))


def _portions(seed: int, count: int) -> Iterator[tuple[int, int]]:
    for number in range(0, count, _PORTION):
        yield seed + number, min(_PORTION, count - number)


def main() -> None:
    counts = [SENTENCES, SENTENCES_OF_FLITE]
    counts[: len(sys.argv) - 1] = map(int, sys.argv[1:])
    of_espeak, of_flite = counts
    seen = [(*portion, False) for portion in _portions(100_000, of_espeak)]
    unseen = [(*portion, True) for portion in _portions(900_000, min(SENTENCES_UNSEEN, of_espeak))]
    with Pool() as pool:
        said = pool.map(spoken_by_espeak, [*seen, *unseen], chunksize=1)
        by_flite = pool.map(spoken_by_flite, list(_portions(500_000, of_flite)), chunksize=1)
    data = Data(
        list(chain(*said[: len(seen)])),
        list(chain(*by_flite)),
        list(chain(*said[len(seen) :])),
    )
    pickle.dump(data, sys.stdout.buffer)


if __name__ == "__main__":
    main()

"""pocketsphinx, for who prefers it.  For the recognisers' process only: it holds the interpreter.

It keeps to its grammar strictly, so there is a second way through it: any sounds.  That way costs
so much that it is taken only by who says something else.  It tells no confidence that means
anything: what is recognised at all has 1.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .recogniser import Grammar, Recognised, RecogniserError

RATE = 16000  # hertz, of the model that comes along
# The other way must not be pruned before it has had a chance.
BEAMS = {"beam": 1e-80, "pbeam": 1e-80, "wbeam": 1e-60}
COST = "1e-40"
LOUD = 200  # of 32768: louder than the silence of a line
AROUND = 0.1  # seconds of silence that are left around what was said
MOST_IDLE = 8  # decoders that are kept, of 45 MB each

_WORD = re.compile(r"[a-z][a-z'-]*")
_NOT_SPEECH = "SIL"
_SOUND = "sound-"

Pronunciations = Mapping[str, tuple[str, ...]]


def load(model: str) -> PocketsphinxRecogniser:
    """*model* is a folder with an acoustic model and a dictionary (``*.dict``); empty: US English.

    Raises `RecogniserError`.
    """
    try:
        acoustic, dictionary = parts_of(model)
        return PocketsphinxRecogniser(acoustic, read_dictionary(dictionary))
    except OSError as error:
        raise RecogniserError(f"{model}: {error}") from error


def parts_of(model: str) -> tuple[Path, Path]:
    """The acoustic model and the dictionary.  Raises `RecogniserError`."""
    if not model:
        package = find_spec("pocketsphinx")
        if package is None or package.origin is None:
            raise RecogniserError("pocketsphinx is not installed: pip install 'ivr[pocketsphinx]'")
        english = Path(package.origin).with_name("model") / "en-us"
        return english / "en-us", english / "cmudict-en-us.dict"
    found = sorted(Path(model).glob("*.dict"))
    if not found or not (Path(model) / "mdef").is_file():
        raise RecogniserError(f"{model}: expected a folder with mdef and a *.dict")
    return Path(model), found[0]


def read_dictionary(file: Path) -> dict[str, tuple[str, ...]]:
    """How each word may be pronounced."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        word = word.partition("(")[0]
        if _WORD.fullmatch(word):
            found[word].append(phones.strip())
    return {word: tuple(each) for word, each in found.items()}


class PocketsphinxRecogniser:
    """See `Recogniser`.

    A decoder has one grammar and one caller at a time, and takes a while to be made: those that
    are idle are kept for the next one.
    """

    def __init__(self, acoustic: Path, dictionary: Pronunciations) -> None:
        self._acoustic = acoustic
        self._dictionary = dictionary
        self._phones = {phone for each in dictionary.values() for phone in " ".join(each).split()}
        self._idle: list[tuple[Grammar, Any]] = []

    def knows(self, word: str) -> bool:
        """See `Recogniser`."""
        return word in self._dictionary

    def open(self, grammar: Grammar, rate: int) -> _Turn:
        """See `Recogniser`."""
        return _Turn(self, grammar, self._decoder(grammar), rate)

    def take_back(self, grammar: Grammar, decoder: Any) -> None:
        """A turn is over."""
        self._idle = [*self._idle, (grammar, decoder)][-MOST_IDLE:]

    def _decoder(self, grammar: Grammar) -> Any:
        for at, (known, decoder) in enumerate(self._idle):
            if known == grammar:
                del self._idle[at]
                return decoder
        from pocketsphinx import Decoder

        with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
            words = Path(folder) / "words.dict"
            words.write_text("\n".join(self._words(grammar)) + "\n", encoding="utf-8")
            settings = {"hmm": str(self._acoustic), "dict": str(words), "bestpath": False, **BEAMS}
            decoder = Decoder(**settings, lm=None, loglevel="ERROR")
        decoder.add_jsgf_string("said", jsgf(grammar, sorted(self._sounds())))
        decoder.activate_search("said")
        return decoder

    def _words(self, grammar: Grammar) -> Iterator[str]:
        """The dictionary of *grammar*: of all there are it would take 50 MB more."""
        used = {word for phrase in grammar.phrases for word in phrase.split()} | {*grammar.loop}
        for word in sorted(used):
            for number, phones in enumerate(self._dictionary[word], 1):
                yield f"{word}{f'({number})' if number > 1 else ''} {phones}"
        for phone in sorted(self._phones - {_NOT_SPEECH}):
            yield f"{sound_of(phone)} {phone}"

    def _sounds(self) -> Iterator[str]:
        return map(sound_of, self._phones - {_NOT_SPEECH})


class _Turn:
    """See `Recognition`.

    The turn is decoded as a whole, at its end: the model is one for sound whose mean is known.  So
    nothing is known before, and a turn always ends with the longer silence.
    """

    def __init__(
        self, owner: PocketsphinxRecogniser, grammar: Grammar, decoder: Any, rate: int
    ) -> None:
        self._owner = owner
        self._grammar = grammar
        self._decoder = decoder
        self._rate = rate
        self._sound = bytearray()

    def feed(self, sound: bytes) -> str:
        self._sound += sound
        return ""

    def finish(self) -> Recognised:
        self._decoder.start_utt()
        if speech := _speech(bytes(self._sound), self._rate):
            self._decoder.process_raw(speech, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        self._owner.take_back(self._grammar, self._decoder)
        words = found.hypstr.split() if found else []
        if not words or any(word.startswith(_SOUND) for word in words):
            return Recognised()
        return Recognised(" ".join(words), 1.0, tuple((word, 1.0) for word in words))


def _speech(sound: bytes, rate: int) -> bytes:
    """*sound* at the model's rate, without the silence around it, which would shift its mean."""
    import numpy as np
    import soxr

    samples = np.frombuffer(sound, np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > LOUD)
    if not len(loud):
        return b""
    around = round(AROUND * rate)
    speech = samples[max(0, loud[0] - around) : loud[-1] + around]
    return bytes(soxr.resample(speech, rate, RATE).astype(np.int16).tobytes())


def sound_of(phone: str) -> str:
    """The word that is nothing but this phone."""
    return f"{_SOUND}{phone.lower()}"


def jsgf(grammar: Grammar, sounds: list[str]) -> str:
    """The grammar as pocketsphinx reads it."""
    ways = list(grammar.phrases)
    if grammar.loop:
        ways.append(f"({' | '.join(grammar.loop)})+")
    return (
        "#JSGF V1.0;\ngrammar said;\n"
        f"public <said> = <known> | /{COST}/ <sound>+;\n"
        f"<known> = {' | '.join(ways)};\n"
        f"<sound> = {' | '.join(sounds)};\n"
    )

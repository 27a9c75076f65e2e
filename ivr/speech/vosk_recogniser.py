"""vosk, the recogniser that comes with the product.  For the recognisers' process only.

vosk's grammar is a model of which word follows which, trained on the phrases that it is given: what
it hears may be put together out of several.  So words in any order are one phrase in which each of
them follows each once, and whoever gets an answer has to see whether it is one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import vosk

from . import vosk_model
from .recogniser import UNKNOWN, Grammar, Recognised, RecogniserError

RATE = 8000  # hertz, of the line
BEST = 5  # texts that are looked at

_Guess = tuple[str, float]


def load(model: str) -> VoskRecogniser:
    """Raises `RecogniserError`."""
    if why := vosk_model.fault(Path(model)):
        raise RecogniserError(why)
    vosk.SetLogLevel(-1)
    try:
        with vosk_model.fit_for(RATE, Path(model)) as folder:
            return VoskRecogniser(vosk.Model(str(folder)))
    except Exception as error:  # vosk has no class of its own for what went wrong
        raise RecogniserError(f"{model}: vosk cannot load it ({error})") from error


class VoskRecogniser:
    """See `Recogniser`."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def knows(self, word: str) -> bool:
        """See `Recogniser`."""
        return bool(self._model.vosk_model_find_word(word) != -1)

    def open(self, grammar: Grammar, rate: int) -> _Turn:
        """See `Recogniser`."""
        return _Turn(self._model, grammar, rate)


class _Turn:
    """See `Recognition`.

    vosk has an opinion of its own on where a sentence ends, and then begins another one: a turn is
    one or more of them.
    """

    def __init__(self, model: Any, grammar: Grammar, rate: int) -> None:
        self._vosk: Any = vosk.KaldiRecognizer(model, rate, listed(grammar))
        self._vosk.SetMaxAlternatives(BEST)
        self._sentences: list[list[_Guess]] = []

    def feed(self, sound: bytes) -> str:
        if self._vosk.AcceptWaveform(sound):
            self._keep(self._vosk.Result())
            newest = ""
        else:
            newest = json.loads(self._vosk.PartialResult())["partial"]
        return " ".join(filter(None, [*(best[0][0] for best in self._sentences), newest]))

    def finish(self) -> Recognised:
        self._keep(self._vosk.FinalResult())
        return recognised(self._sentences)

    def _keep(self, result: str) -> None:
        best = guesses(json.loads(result)["alternatives"])
        if best and best[0][0]:
            self._sentences.append(best)


@lru_cache(maxsize=64)
def listed(grammar: Grammar) -> str:
    """*grammar* as vosk takes it.  A list without words would end the process."""
    texts = [*grammar.phrases, *grammar.loop]
    if grammar.loop:
        texts.append(" ".join(in_any_order(grammar.loop)))
    assert all(texts), "a grammar without words"
    return json.dumps([*dict.fromkeys(texts), UNKNOWN])


def in_any_order(words: Sequence[str]) -> Iterator[str]:
    """Words in a row, in which each of *words* is followed by each of them once.

    That is a de Bruijn sequence of order 2: the Lyndon words of one and two letters, in order.
    """
    for number, first in enumerate(words):
        yield first
        for second in words[number + 1 :]:
            yield from (first, second)
    yield words[0]


def guesses(alternatives: Sequence[Any]) -> list[_Guess]:
    """Each text and how likely it is, given that it is one of them; best first.

    vosk gives the logarithm of a likelihood.
    """
    top = max((each["confidence"] for each in alternatives), default=0.0)
    weights = [math.exp(each["confidence"] - top) for each in alternatives]
    shares: dict[str, float] = {}
    for each, weight in zip(alternatives, weights, strict=True):
        text = " ".join(each["text"].split())
        shares[text] = shares.get(text, 0.0) + weight / sum(weights)
    return sorted(shares.items(), key=lambda guess: -guess[1])


def recognised(sentences: Sequence[Sequence[_Guess]]) -> Recognised:
    """What was said in all, the texts of each sentence being joined to those of each other."""
    shares: dict[str, float] = {}
    for parts in product(*_short(sentences)):
        text = " ".join(filter(None, (text for text, _ in parts)))
        shares[text] = shares.get(text, 0.0) + math.prod(share for _, share in parts)
    texts = sorted(filter(_says_something, shares.items()), key=lambda guess: -guess[1])[:BEST]
    if not texts:
        return Recognised()
    (text, confidence), *others = texts
    words = tuple(
        (word, min(1.0, sum(share for other, share in texts if _has(other, place, word))))
        for place, word in enumerate(text.split())
    )
    return Recognised(text, min(1.0, confidence), words, tuple(others))


def _short(sentences: Sequence[Sequence[_Guess]]) -> list[Sequence[_Guess]]:
    """Of many sentences only the best text each: what they may be together is soon too much."""
    return [each[: BEST if len(sentences) <= BEST else 1] for each in sentences]


def _says_something(guess: _Guess) -> bool:
    return any(word != UNKNOWN for word in guess[0].split())


def _has(text: str, place: int, word: str) -> bool:
    return text.split()[place : place + 1] == [word]

"""The recognisers' process: turns of all the calls of one worker, one after the other.

    python -m ivr.speech.ear_child '{"engine": "vosk", "models": {"en": "…"}}'

Frames come on its standard input and go out on its standard output; it ends with the former.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .ear_frames import Kind, Unpacker, pack
from .recogniser import Grammar, Recogniser, RecogniserError, Recognition

RATE = 8000
PIECE = 65536
GIVES_WAY = 5  # steps of priority: words can wait where a machine is full, sound cannot

ENGINES = {
    "vosk": "ivr.speech.vosk_recogniser",
    "pocketsphinx": "ivr.speech.pocketsphinx_recogniser",
    "scripted": "ivr.speech.scripted_recogniser",
}


class _Turn:
    """One turn that is listened to."""

    def __init__(self, grammar: Grammar, recognition: Recognition) -> None:
        self.grammar = grammar
        self.recognition = recognition
        self.sound: list[bytes] = []
        self.may_be_all = False


class Recognisers:
    """Does what the frames say, and has its own ones written to `descriptor`."""

    def __init__(self, engine: str, models: Mapping[str, str], descriptor: int) -> None:
        self._out = descriptor
        self._turns: dict[int, _Turn] = {}
        self._begun: dict[int, bytes] = {}  # by `MORE`
        self._of: dict[str, Recogniser] = {}
        self._why_not: dict[str, str] = {}
        for language, model in models.items():
            try:
                self._of[language] = importlib.import_module(ENGINES[engine]).load(model)
            except (RecogniserError, ImportError) as error:
                self._why_not[language] = str(error)
        self._tell(Kind.READY, 0, self._why_not)

    def run(self, descriptor: int) -> None:
        """Until the input ends."""
        frames = Unpacker()
        while some := os.read(descriptor, PIECE):
            for kind, turn, body in frames.feed(some):
                self._do(kind, turn, body)
            self._recognise()

    def _do(self, kind: Kind, number: int, body: bytes) -> None:
        if kind is Kind.MORE:
            self._begun[number] = self._begun.get(number, b"") + body
            return
        body = self._begun.pop(number, b"") + body
        try:
            match kind:
                case Kind.OPEN:
                    self._open(number, json.loads(body))
                case Kind.SOUND if turn := self._turns.get(number):
                    turn.sound.append(body)
                case Kind.FINISH if turn := self._turns.get(number):
                    self._hear(number, turn)
                    self._tell(Kind.RESULT, number, asdict(turn.recognition.finish()))
                    del self._turns[number]
                case Kind.DROP:
                    self._turns.pop(number, None)
                case Kind.PING:
                    self._tell(Kind.PONG, number, None)
        except Exception as error:
            self._fail(number, error)

    def _open(self, number: int, asked: dict[str, Any]) -> None:
        language = asked["language"]
        if language not in self._of:
            raise RecogniserError(self._why_not.get(language, f"no model for {language!r}"))
        recogniser = self._of[language]
        grammar = Grammar(tuple(asked["phrases"]), tuple(asked["loop"]))
        known = grammar.known(recogniser.knows)
        if unknown := grammar.unknown(recogniser.knows):
            some = ", ".join(unknown)
            self._tell(Kind.WARNING, 0, f"the model of {language!r} does not know: {some}")
        if known == Grammar():
            raise RecogniserError("the model knows nothing of what may be said")
        self._turns[number] = _Turn(known, recogniser.open(known, RATE))

    def _recognise(self) -> None:
        """What has come since the last time."""
        for number, turn in list(self._turns.items()):
            try:
                self._hear(number, turn)
            except Exception as error:
                self._fail(number, error)

    def _hear(self, number: int, turn: _Turn) -> None:
        if not turn.sound:
            return
        text = turn.recognition.feed(b"".join(turn.sound))
        turn.sound.clear()
        may_be_all = turn.grammar.may_be_all(text)
        if may_be_all != turn.may_be_all:
            turn.may_be_all = may_be_all
            self._tell(Kind.SO_FAR, number, may_be_all)

    def _fail(self, number: int, error: Exception) -> None:
        self._turns.pop(number, None)
        self._tell(Kind.FAILED, number, str(error) or type(error).__name__)

    def _tell(self, kind: Kind, turn: int, value: object) -> None:
        frame = pack(kind, turn, json.dumps(value).encode())
        while frame:
            frame = frame[os.write(self._out, frame) :]


def main(setup: dict[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(GIVES_WAY)
    answers = os.dup(1)
    # What libraries print must not get between the frames.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    Recognisers(setup["engine"], setup["models"], answers).run(0)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

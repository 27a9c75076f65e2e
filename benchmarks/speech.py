"""How well callers are understood, how soon, and for how much of a processor.

    python -m benchmarks.speech [--quick] [--callers N] [--engine NAME] [--model FOLDER] [--seed N]

Callers of `speech_corpus` speak in real time, N of them at once, into an ear as the line would feed
it.  An answer counts as a flow would take it: what was listened for, with enough confidence.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ivr.engine.effects import Listen
from ivr.engine.events import Event, Heard, ListenFailed
from ivr.engine.speech import PLAIN
from ivr.speech.ear import Ear
from ivr.speech.turn import FRAME
from ivr.speech.vosk_model import EMBEDDED
from tools.tiny_model.telephone import RATE

from .legs import spent
from .speech_corpus import DIGITS, PHRASES, SEED, Utterance, corpus, speaker
from .speech_figures import Answer, Costs, print_answers, print_costs, print_delays

FRAME_BYTES = round(FRAME * RATE) * 2
TAIL = 20  # frames of what is heard after speech, which goes on
PATIENCE = round((PLAIN.longest + 3) / FRAME)  # frames after speech, until nothing is expected


class Caller:
    """One after the other, utterances of the corpus are said and listened to."""

    def __init__(self, ear: Ear, utterances: Iterator[Utterance], first: int) -> None:
        self._ear = ear
        self._utterances = utterances
        self._wait = first  # frames, so that not all begin at once
        self._begin()

    def _begin(self) -> None:
        self.utterance = next(self._utterances, None)
        if self.utterance is None:
            return
        sound = self.utterance.sound
        self._frames = [
            sound[at : at + FRAME_BYTES]
            for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES)
        ]
        self._at = 0
        self._ended = 0.0
        told: queue.SimpleQueue[tuple[float, Event]] = queue.SimpleQueue()
        self._told = told  # what comes late is for nobody
        self._hearing = self._ear.open(
            "caller",
            listen(self.utterance),
            lambda event: told.put((time.monotonic(), event)),
        )

    def tick(self) -> Answer | None:
        """20 ms more; what was understood, if the utterance is over."""
        if self._wait:
            self._wait -= 1
            return None
        assert self.utterance
        begun = time.monotonic()
        beyond = self._at - len(self._frames)
        self._hearing.feed(self._frames[self._at if beyond < 0 else beyond % TAIL - TAIL], False)
        if self._at == self.utterance.end * 2 // FRAME_BYTES:
            self._ended = begun
        self._at += 1
        answer = self._answer()
        if answer:
            self._hearing.close()
            self._begin()
        return answer

    def _answer(self) -> Answer | None:
        assert self.utterance
        while not self._told.empty():
            when, event = self._told.get()
            match event:
                case Heard(text, confidence):
                    after = when - self._ended if self._ended else None
                    return Answer(self.utterance, text, confidence, after)
                case ListenFailed(reason):
                    return Answer(self.utterance, "", 0.0, None, reason)
        if self._at > len(self._frames) + PATIENCE:
            return Answer(self.utterance, "", 0.0, None)
        return None


def listen(utterance: Utterance) -> Listen:
    """What a flow would ask to be listened for."""
    if utterance.asked == "digits":
        return PLAIN.listen((), DIGITS, "en")
    return PLAIN.listen(PHRASES[utterance.asked], (), "en")


def measure(ear: Ear, utterances: Sequence[Utterance], at_once: int) -> tuple[list[Answer], Costs]:
    """Have *utterances* said by so many callers at once; in real time."""
    ear.start()
    if not ear.process.wait(60):
        sys.exit("the recogniser did not start within 60 s")
    pid = ear.process.pid
    assert pid
    rest = iter(utterances)
    callers = [Caller(ear, rest, number * 7 % 50) for number in range(at_once)]
    answers: list[Answer] = []
    listened = 0
    cpu, recogniser, due = time.process_time(), spent(pid), time.monotonic()
    late = 0.0
    while speaking := [caller for caller in callers if caller.utterance]:
        for caller in speaking:
            if answer := caller.tick():
                answers.append(answer)
        listened += len(speaking)
        due += FRAME
        late = max(late, time.monotonic() - due)
        time.sleep(max(0.0, due - time.monotonic()))
    costs = Costs(
        listened * FRAME,
        sum(each.end for each in utterances) / RATE,
        time.process_time() - cpu,
        spent(pid) - recogniser,
        late,
    )
    return answers, costs


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speech")
    parser.add_argument("--quick", action="store_true", help="few voices: does it run?")
    parser.add_argument("--callers", type=int, default=20, help="how many speak at once")
    parser.add_argument("--engine", default="vosk")
    parser.add_argument("--model", type=Path, default=EMBEDDED["en"])
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    if not shutil.which("flite"):
        sys.exit("flite is missing: apt-get install flite")
    said = list(corpus(asked.seed, 2 if asked.quick else 10, speaker()))
    if asked.quick:
        said = said[::7]
    print(f"{len(said)} utterances, {asked.callers} callers at once, seed {asked.seed}")
    ear = Ear(asked.engine, {"en": str(asked.model)})
    try:
        answers, costs = measure(ear, said, asked.callers)
    finally:
        ear.close()
    print_answers(answers)
    print_delays(answers)
    print_costs(costs, os.cpu_count() or 1)


if __name__ == "__main__":
    main()

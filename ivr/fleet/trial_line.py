"""The line of a test call, in a process of its own: it answers, speaks, and tells what it heard.

    python -m ivr.fleet.trial_line SETTINGS

SETTINGS is JSON: what differs from the defaults of `LineSettings`, without folders.  On stdout, a
line of JSON when it listens or cannot (`fault`), and one when the call is over (see `Heard`).
"""

from __future__ import annotations

import json
import logging
import math
import sys
import tempfile
import time
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..engine.effects import Answer, Effect, Play, Record, Stop
from ..engine.errors import IvrError
from ..engine.events import Answered, Digit, Event, HungUp, Offered, RecordDone
from ..engine.signalled import Signalled
from ..sip.phone import Phone
from ..sip.settings import LineSettings
from ..sip.sound import FRAME, LOUD, RATE, loudness, pcm

BEFORE, AFTER = 440, 660  # hertz of what is played before a key and after it
SECONDS = 5.0  # of each
LONGEST = 20.0  # seconds to wait for the call and its end


class Heard:
    """What came from the caller: a key, sound, and how the stack judges it."""

    def __init__(self) -> None:
        self.key = ""
        self.sound = 0.0
        """Seconds that were loud."""
        self.media: dict[str, Any] = {}
        self.over = False

    def react(self, event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return (Answer(),)
            case Answered():
                return Record(1, "trial", LONGEST, 0.0), Play(2, ("before",))
            case Digit(key):
                self.key = key
                return Stop(2), Play(3, ("after",))
            case RecordDone(file=file) if file:
                self.sound = seconds_loud(Path(file))
            case HungUp(media=media):
                self.media = dict(media)
                self.over = True
        return ()


def seconds_loud(file: Path) -> float:
    """How much of a recording is not silent."""
    with wave.open(str(file), "rb") as sound:
        samples = pcm(sound.readframes(sound.getnframes()))
    frames = [samples[first : first + FRAME] for first in range(0, len(samples), FRAME)]
    return sum(1 for frame in frames if loudness(frame) > LOUD) * FRAME / RATE


def write_tone(file: Path, frequency: int) -> Path:
    turn = 2 * math.pi * frequency / RATE
    samples = array("h", (round(6000 * math.sin(turn * n)) for n in range(round(SECONDS * RATE))))
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return file


def main(text: str) -> int:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        home = Path(folder)
        tones = {
            "before": write_tone(home / "before.wav", BEFORE),
            "after": write_tone(home / "after.wav", AFTER),
        }
        settings = LineSettings(recordings=home / "messages", **json.loads(text))
        phone = Phone(settings, lambda play, ready: ready([tones[str(play.prompts[0])]]))
        try:
            phone.start()
        except IvrError as error:
            tell(fault=str(error))
            return 1
        tell(listens=True)
        heard = Heard()
        end = time.monotonic() + LONGEST
        while not heard.over and time.monotonic() < end:
            for call_id, event in phone.wait(0.1):
                if not isinstance(event, Signalled):
                    for effect in heard.react(event):
                        phone.perform(call_id, effect)
        phone.stop()
        tell(key=heard.key, sound=heard.sound, media=heard.media)
    return 0


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

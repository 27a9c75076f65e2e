"""What it costs to listen to one caller: microseconds of CPU for each frame of 20 ms.

    python -m benchmarks.detectors [seconds]

What the bridge takes by itself is taken off the figures of the tap.  As a baseline stands an 8-bin
Goertzel in plain Python, the way this is done without help.
"""

from __future__ import annotations

import math
import os
import sys
import time
from array import array
from collections.abc import Callable, Sequence

import numpy as np
import pjsua2 as pj
from pjsua2 import _pjsua2

from ivr.sip.beep import Beeps
from ivr.sip.greeting import Screening
from ivr.sip.mixer import Mixer
from ivr.sip.native import Library
from ivr.sip.tap import TapPort
from ivr.sip.tones import COLUMNS, ROWS, Tones
from tests.sip.sounds import frames, key, silence, tone, voice

ROUNDS = 5
LIMITS = {"tap": 10.0, "keys": 40.0}  # microseconds


def best(once: Callable[[], None], count: int) -> float:
    """Microseconds of CPU for each of `count` frames, in the best of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        once()
        times.append(time.process_time() - begin)
    return min(times) / count * 1e6


def over(sound: Sequence[bytes], make: Callable[[], Callable[[bytes], object]]) -> float:
    def once() -> None:
        feed = make()
        for frame in sound:
            feed(frame)

    return best(once, len(sound))


def goertzel(frame: bytes) -> list[float]:
    """The power at the eight frequencies of keys."""
    samples, powers = array("h", frame), []
    for frequency in (*ROWS, *COLUMNS):
        coefficient = 2 * math.cos(2 * math.pi * frequency / 8000)
        one = two = 0.0
        for sample in samples:
            one, two = sample + coefficient * one - two, one
        powers.append(one * one + two * two - coefficient * one * two)
    return powers


def screening() -> Callable[[bytes], object]:
    found = Screening(math.inf)
    return lambda frame: found.feed(frame, 0.0)


def bench_tap(ticks: int) -> None:
    endpoint = pj.Endpoint()
    Library(_pjsua2.__file__).hush()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.medConfig.hasIoqueue = False
    config.medConfig.threadCnt = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    config.medConfig.audioFramePtime = 20
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    endpoint.libStart()
    mixer = Mixer(_pjsua2.__file__, int(endpoint.audDevManager().setNoDev()))

    def move() -> None:
        for _ in range(ticks):
            mixer.move()

    source = pj.ToneGenerator()
    source.createToneGenerator(8000, 1)
    sound = pj.ToneDesc()
    sound.freq1, sound.freq2, sound.on_msec, sound.off_msec = 1000, 0, 1000, 0
    source.play(pj.ToneDescVector([sound]), True)
    bare = best(move, ticks)
    print(f"the bridge alone             {bare:6.1f}")
    for name, hear in (
        ("tap", lambda frame: None),
        ("tap + keys + beep, a tone", listener()),
    ):
        ear = TapPort(hear)
        source.startTransmit(ear)
        report(name, best(move, ticks) - bare)
        source.stopTransmit(ear)
        ear.hear = None
        mixer.move()
        del ear
    del source
    endpoint.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)


def listener() -> Callable[[bytes], None]:
    tones, beeps = Tones(), Beeps()

    def hear(frame: bytes) -> None:
        tones.feed(frame)
        beeps.feed(frame)

    return hear


def report(name: str, figure: float) -> None:
    limit = LIMITS.get(name.partition(",")[0])
    print(f"{name:28} {figure:6.1f}" + (f"   (at most {limit:g})" if limit else ""))


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    dialled = np.tile(np.concatenate([key("5", 0.05), silence(0.05)]), 10)
    sounds = {
        "a voice": list(frames(voice(seconds))),
        "ten keys a second": list(frames(np.tile(dialled, seconds))),
        "a tone": list(frames(tone(1000, seconds))),
        "silence": list(frames(silence(seconds))),
    }
    for name, sound in sounds.items():
        report(f"keys, {name}", over(sound, lambda: Tones().feed))
    for name, sound in sounds.items():
        report(f"beep, {name}", over(sound, lambda: Beeps().feed))
    report("screening, a voice", over(sounds["a voice"], screening))
    report("plain Goertzel, a voice", over(sounds["a voice"][:200], lambda: goertzel))
    bench_tap(seconds * 50)
    sys.stdout.flush()
    os._exit(0)  # what is left of the stack is not worth a destructor


if __name__ == "__main__":
    main()

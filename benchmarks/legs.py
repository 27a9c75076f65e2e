"""What a call costs the line while nothing is played, a prompt is, somebody listens, or two talk.

    python -m benchmarks.legs [seconds]       # of each measurement, 15 by default

Three lines in processes of their own: one calls, the one that is measured answers, and the third
takes the second legs.  Figures are processor time of the one in the middle, by call; a bridged one
is a caller and his second leg.  `nothing` is the baseline of the others.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.engine.call_out import CallOut
from ivr.engine.effects import Answer, Dial, Effect, Join, Play, Screen
from ivr.engine.events import Answered, Event, LegAnswered, Offered
from ivr.sip.phone import Phone
from ivr.sip.settings import LineSettings

SETTLED = 3.0  # seconds until all calls stand
Script = Callable[[Event], Sequence[Effect]]


def answers(*then: Effect) -> Script:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered(direction="in"):
                return [Answer()]
            case Answered():
                return then
            case LegAnswered(leg):
                return [Join(leg)]
        return []

    return script


def serve(port: int, rtp: int, script: Script, orders: Sequence[CallOut], sound: Path) -> None:
    """A line, until SIGTERM; processor seconds of a second each go to stdout on SIGUSR1."""
    settings = LineSettings(
        sound.parent / "messages", port=port, rtp_port=rtp, log_level=0, may_call=("127.0.0.1",)
    )
    phone = Phone(settings, lambda play, ready: ready([sound]))
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: ending.append(number))
    gc.disable()
    phone.start()
    for order in orders:
        phone.dial(order)
    while not ending:
        for call, event in phone.wait(0.5):
            if isinstance(event, Event):
                for effect in script(event):
                    phone.perform(call, effect)
    phone.stop()


def start(*arguments: object) -> int:
    pid = os.fork()
    if not pid:
        try:
            serve(*arguments)  # type: ignore[arg-type]
        finally:
            os._exit(0)
    return pid


def spent(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return 12000 + int(probe.getsockname()[1]) % 8000


def measure(sound: Path, calls: int, seconds: float, *then: Effect) -> float:
    """Processor milliseconds of a call in a second."""
    port, desk = free_port(), free_port() + 1
    ready = tuple(
        Dial(1, f"sip:desk@127.0.0.1:{desk}") if isinstance(effect, Dial) else effect
        for effect in then
    )
    far = start(desk, 22000, answers(), (), sound)
    middle = start(port, 24000, answers(*ready), (), sound)
    time.sleep(1.0)
    orders = [CallOut(str(n), f"sip:100@127.0.0.1:{port}", "") for n in range(calls)]
    near = start(free_port() + 2, 26000, answers(), orders, sound)
    time.sleep(SETTLED)
    before = spent(middle)
    time.sleep(seconds)
    took = spent(middle) - before
    for pid in (near, middle, far):
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    return 1000 * took / seconds / max(1, calls)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    with tempfile.TemporaryDirectory(prefix="ivr-legs-") as name:
        sound = Path(name) / "prompt.wav"
        with wave.open(str(sound), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(os.urandom(2 * 8000 * 120))
        for what, calls, then in (
            ("no call (the whole line)", 0, ()),
            ("nothing", 4, ()),
            ("a prompt", 4, (Play(1, ("prompt",)),)),
            ("tapped: who answered, and the beep", 4, (Screen(1, 120.0),)),
            ("bridged", 2, (Dial(1, ""),)),
        ):
            cost = measure(sound, calls, seconds, *then)
            print(f"{what:<40} {cost:7.2f} ms of a processor a second", flush=True)


if __name__ == "__main__":
    main()

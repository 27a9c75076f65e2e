"""What recognising costs those who hear something meanwhile: RTP of calls that are listened to.

    python -m benchmarks.listening [callers]      # 20 unless told; needs root

All callers hear a long prompt and speak over it, again and again, what is no answer.  The same
callers meet a server that listens and, for a baseline, one whose ear is shut.
"""

from __future__ import annotations

import sys

import numpy as np
from rich.console import Console

from .line import Run, measure
from .line.plan import Plan
from .line.prompts import PACKET, ulaw
from .line.table import table
from .served import CALLER_PORT, FRONT, WORKERS, serving
from .speech_corpus import SEED, corpus, speaker

CALLERS = 20
SAID = 8  # sentences, which callers begin at different places


def sentences() -> tuple[bytes, ...]:
    """What callers say, in packets."""

    packets: list[bytes] = []
    for number, utterance in enumerate(corpus(SEED, 2, speaker())):
        sound = np.frombuffer(utterance.sound, "<i2")
        whole = sound[: len(sound) // PACKET * PACKET].reshape(-1, PACKET)
        packets += [ulaw(packet) for packet in whole]
        if number + 1 == SAID:
            break
    return tuple(packets)


def run(callers: int, said: tuple[bytes, ...], **settings: str) -> Run:
    with serving(callers, None, **settings) as served:
        plan = Plan(
            served.address,
            "H",
            callers,
            rate=callers / 2,
            seconds=4.0,
            port=CALLER_PORT,
            user="listen",
            says=said,
        )
        return measure(plan, served.target)


def main() -> None:
    callers = int(sys.argv[1]) if len(sys.argv) > 1 else CALLERS
    said = sentences()
    runs = [
        ("listens", run(callers, said)),
        ("does not", run(callers, said, IVR_SPEECH__ENGINE="none")),
    ]
    Console(width=260).print(table(runs, WORKERS, FRONT))
    for name, each in runs:
        late = each.figures.lateness
        print(f"{name}: the latest packet {late.most:.1f} ms" if late else f"{name}: no packets")


if __name__ == "__main__":
    main()

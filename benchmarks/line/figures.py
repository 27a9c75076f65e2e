"""The figures of a run, worked out from its packets when it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Self

from .capture import Call, Capture
from .ear import MS, SECOND, Audio, Heard, Listener
from .judge import Verdicts
from .plan import Plan
from .prompts import PROMPTS

NO_BYE = 120 * SECOND  # so much is heard of a call that nobody ends
EXAMPLES = 20  # failed calls that are told in detail
STRAY = SECOND // 2  # a key that arrives so late still belongs to the call


@dataclass(frozen=True, slots=True)
class Spread:
    """Of some times, in ms; percentiles by nearest rank."""

    count: int
    least: float
    p50: float
    p95: float
    p99: float
    p999: float
    most: float

    @classmethod
    def of(cls, times: Iterable[int]) -> Self | None:
        """Of times in ns; None: there are none."""
        ranked = sorted(times)
        if not ranked:
            return None

        def at(share: float) -> float:
            return ranked[max(0, ceil(share * len(ranked)) - 1)] / MS

        return cls(len(ranked), at(0), at(0.5), at(0.95), at(0.99), at(0.999), at(1))


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the calls that were offered.

    A call is ok when it was answered, played what its job says (prompt `b` or `hold` 95 % complete
    at least), and ended by the right side.
    """

    offered: int
    answered: int
    ok: int
    peak: int
    """Calls that were up at once."""
    failures: dict[str, int]
    examples: list[str]
    """Of failed calls: what was heard, and when they were answered."""
    invite_retransmits: int
    reinvites: int
    call_minutes: float
    """From the answers to the ends."""
    invite_to_200: Spread | None
    invite_to_sound: Spread | None
    """To the first packet of a prompt."""
    key_to_sound: Spread | None
    """First packet of a key to the first packet of the next prompt."""
    invalid_heard: int
    """Calls in which the prompt `invalid` was heard."""
    least_complete: float | None
    """Of prompts `b` or `hold`, 1 for all of it."""
    audio: Audio
    jitter: Spread | None
    """How far from 20 ms apart packets came that follow one another."""
    lateness: Spread | None
    """How far behind the receiver's schedule packets came."""

    @property
    def failed_share(self) -> float:
        return 1 - self.ok / self.offered if self.offered else 1.0

    @property
    def late_share(self) -> float:
        """Of RTP packets: those that a receiver with a buffer of 30 ms misses."""
        return self.audio.late / self.audio.packets if self.audio.packets else 1.0


def analyze(packets: Iterable[tuple[int, bytes]], plan: Plan) -> Figures:
    """The figures of a run, from what a `Sniffer` recorded."""
    capture = Capture(packets, plan)
    listener, verdicts, failures = Listener(), Verdicts(), Counter[str]()
    examples: list[str] = []
    first_sounds: list[int] = []
    answered = [call for call in capture.calls.values() if call.answered]
    for call in capture.calls.values():
        if not call.answered:
            failures[f"status {call.code}" if call.code else "no final answer to INVITE"] += 1
            continue
        until = call.ended or call.decided + NO_BYE
        of_call = [p for p in capture.heard[call.port] if call.invited <= p.at <= until]
        heard = listener.hear(of_call)
        first_sounds += [h.at - call.invited for h in heard if h.prompt in PROMPTS][:1]
        keys = [k for k in capture.pressed[call.port] if call.invited <= k.at <= until + STRAY]
        if not of_call:
            why = "no RTP"
        elif plan.job == "M":
            why = verdicts.menu(call, heard, keys)
        else:
            why = verdicts.hold(call, heard)
        if why:
            failures[why] += 1
            examples.append(_told(call, heard, why))
    return Figures(
        offered=len(capture.calls),
        answered=len(answered),
        ok=len(capture.calls) - failures.total(),
        peak=_peak(answered),
        failures=dict(failures),
        examples=examples[:EXAMPLES],
        invite_retransmits=capture.invite_retransmits,
        reinvites=capture.reinvites,
        call_minutes=sum(c.ended - c.decided for c in answered if c.ended) / SECOND / 60,
        invite_to_200=Spread.of(call.decided - call.invited for call in answered),
        invite_to_sound=Spread.of(first_sounds),
        key_to_sound=Spread.of(verdicts.key_to_sound),
        invalid_heard=verdicts.invalid,
        least_complete=min(verdicts.complete, default=None),
        audio=listener.audio,
        jitter=Spread.of(listener.jitter),
        lateness=Spread.of(listener.lateness),
    )


def _told(call: Call, heard: Sequence[Heard], why: str) -> str:
    runs = groupby(heard, key=lambda packet: packet.prompt)
    prompts = " ".join(f"{prompt or 'silence'}:{len(list(packets))}" for prompt, packets in runs)
    talk = f"{(call.ended - call.decided) / SECOND:.3f} s" if call.ended else "never"
    return (
        f"{call.id}: {why}; answered at {call.decided / SECOND:.3f}, ended after {talk}"
        f" by {call.by}; packets heard: {prompts or 'none'}"
    )


def _peak(calls: Iterable[Call]) -> int:
    live = most = 0
    steps = [(call.decided, 1) for call in calls]
    steps += [(call.ended, -1) for call in calls if call.ended]
    for _, step in sorted(steps):
        live += step
        most = max(most, live)
    return most

"""A receiver of RTP with a jitter buffer of 30 ms: what it misses, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from typing import NamedTuple

from .capture import Packet
from .prompts import PACKET, PROMPTS, RATE, SILENCE, Sound

MS, SECOND = 1_000_000, 1_000_000_000  # all times here are in ns
SAMPLE = SECOND // RATE
FRAME = PACKET * SAMPLE
BUFFER = 30 * MS
PAUSE = 60 * MS
REMEMBERED = 30_000  # sequence numbers; half of them all would let old ones look new
COMFORT_NOISE = 13


class Heard(NamedTuple):
    """A packet's worth of a prompt, `SILENCE` or `OTHER`."""

    at: int
    prompt: str


@dataclass(slots=True)
class Audio:
    """What was wrong with the RTP that callers were sent, in packets unless it says otherwise.

    `late` counts what the buffer misses.  It plays each packet 30 ms after the time that the RTP
    time stamps give, counted from the most punctual packet so far; when one comes later than that,
    the frames of 20 ms that it kept waiting are missed (45 ms late: 1, 180 ms late: 8), and the
    receiver starts over with it.  So a pause counts once, whether the sender then catches up or
    goes on shifted, and a slow sender counts each time it has fallen 30 ms behind.
    """

    packets: int = 0
    lost: int = 0
    duplicate: int = 0
    reordered: int = 0
    wrong_length: int = 0
    """Not of 20 ms."""
    comfort_noise: int = 0
    late: int = 0
    gaps: int = 0
    """Pauses of more than 60 ms inside a prompt, and silences inside one."""
    jumps: int = 0
    """Time stamps that leave something out inside a prompt."""
    partial: int = 0
    """The tone of a prompt in part only."""
    slips: int = 0
    """Tones that go on at another phase."""


@dataclass(slots=True)
class Listener:
    """Takes in what callers were sent, one after the other."""

    audio: Audio = field(default_factory=Audio)
    jitter: list[int] = field(default_factory=list)
    """How far from 20 ms apart packets came that follow one another."""
    lateness: list[int] = field(default_factory=list)
    """How far behind the receiver's schedule packets came."""

    def hear(self, packets: Iterable[Packet]) -> list[Heard]:
        """What one caller was sent, without what came twice or in the wrong order."""
        ear = Ear(self)
        for packet in packets:
            ear.hear(packet)
        self.audio.gaps += _holes(ear.heard)
        return ear.heard


class Ear:
    """The receiver of one call."""

    def __init__(self, listener: Listener) -> None:
        self._audio, self._listener = listener.audio, listener
        self.heard: list[Heard] = []
        self._last: Packet | None = None
        self._sound: Sound | None = None
        self._sequence = 0
        self._seen: set[int] = set()
        self._start = 0  # the time stamp at which this schedule began
        self._base = 0  # when a packet with that stamp is played, but for the buffer

    def hear(self, packet: Packet) -> None:
        sound = packet.sound
        if sound is None:
            self._audio.comfort_noise += packet.kind == COMFORT_NOISE
            self._sequence = packet.sequence
            return
        audio = self._audio
        last = self._last if self._last and self._last.source == packet.source else None
        step = (packet.sequence - self._sequence) & 0xFFFF if last else 1
        if last and (not step or packet.sequence in self._seen):
            audio.duplicate += 1
            return
        audio.packets += 1
        audio.wrong_length += sound.samples != PACKET
        if not last or len(self._seen) > REMEMBERED:
            self._seen.clear()
        self._seen.add(packet.sequence)
        if step >= 0x8000:
            self._hear_late(packet)
            return
        audio.lost += step - 1
        known = sound.prompt in PROMPTS
        within = last is not None and known and self.heard[-1].prompt == sound.prompt
        self._time(packet, sound, last, step, within)
        if known:
            self._judge(sound, within)
        self.heard.append(Heard(packet.at, sound.prompt))
        self._last, self._sound, self._sequence = packet, sound, packet.sequence

    def _hear_late(self, packet: Packet) -> None:
        """One that was counted as lost."""
        audio = self._audio
        audio.reordered += 1
        audio.lost -= 1
        behind = packet.at - self._due(packet)
        self._listener.lateness.append(max(0, behind))
        audio.late += behind > BUFFER

    def _due(self, packet: Packet) -> int:
        since = (packet.stamp - self._start + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return self._base + since * SAMPLE

    def _time(
        self, packet: Packet, sound: Sound, last: Packet | None, step: int, within: bool
    ) -> None:
        audio = self._audio
        audio.gaps += bool(last and within and packet.at - last.at > PAUSE)
        if last and self._sound and self._follows(packet, sound, last, step):
            if step == 1:
                self._listener.jitter.append(
                    abs(packet.at - last.at - self._sound.samples * SAMPLE)
                )
            behind = packet.at - self._due(packet)
            if not 0 <= behind <= BUFFER:
                self._base += behind
        else:
            audio.jumps += within
            behind = packet.at - last.at - sound.samples * SAMPLE if last and within else 0
            self._start, self._base = packet.stamp, packet.at
        self._listener.lateness.append(max(0, behind))
        if behind > BUFFER:
            audio.late += ceil((behind - BUFFER) / FRAME)

    def _follows(self, packet: Packet, sound: Sound, last: Packet, step: int) -> bool:
        """Whether the time stamp says that nothing was left out."""
        assert self._sound
        passed = (packet.stamp - last.stamp) & 0xFFFFFFFF
        return passed == (step - 1) * sound.samples + self._sound.samples

    def _judge(self, sound: Sound, within: bool) -> None:
        before = self._sound
        if not sound.whole:
            self._audio.partial += 1
        elif within and before and before.whole and before.samples == sound.samples:
            self._audio.slips += before is not sound


def _holes(heard: Iterable[Heard]) -> int:
    """How often one prompt is silent in between."""
    prompts = (each.prompt if each.prompt in PROMPTS else SILENCE for each in heard)
    runs = [prompt for prompt, _ in groupby(prompts)]
    between = zip(runs, runs[1:], runs[2:], strict=False)
    return sum(before == after for before, hole, after in between if not hole)

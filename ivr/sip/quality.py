"""How the sound of a call was: the stack's statistics, summed up in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Spread:
    """Values of which the stack tells how many, their mean and the greatest; in microseconds."""

    count: int = 0
    mean: float = 0.0
    most: float = 0.0

    def add(self, count: int, mean: float, most: float) -> None:
        if count:
            self.mean += (mean - self.mean) * count / (self.count + count)
            self.count += count
            self.most = max(self.most, most)


class Quality:
    """Of one leg, over all of its streams: each re-INVITE begins another one.

    `lost` packets of the far end never came; `discarded` ones came, but too late to be heard or too
    many at once.  `silent`: see `silence`.
    """

    __slots__ = ("codec", "discarded", "jitter", "lost", "received", "round_trip", "sent",
                 "silent")  # fmt: skip

    def __init__(self) -> None:
        self.codec = ""
        self.sent = self.received = self.lost = self.discarded = 0
        self.silent = False
        self.jitter = Spread()
        self.round_trip = Spread()

    def facts(self, dtmf: str) -> dict[str, Any]:
        """As `HungUp.media` has them; empty where there never was a stream.  *dtmf*: how keys
        come."""
        if not self.codec:
            return {}
        facts: dict[str, Any] = {
            "codec": self.codec,
            "packets_sent": self.sent,
            "packets_received": self.received,
            "packets_lost": self.lost,
            "packets_discarded": self.discarded,
            "jitter_ms": _ms(self.jitter.mean),
            "jitter_max_ms": _ms(self.jitter.most),
            "dtmf": dtmf,
        }
        if self.round_trip.count:
            facts["round_trip_ms"] = _ms(self.round_trip.mean)
        if self.silent:
            facts["silent"] = True
        return facts


def _ms(microseconds: float) -> float:
    return round(microseconds / 1000, 2)

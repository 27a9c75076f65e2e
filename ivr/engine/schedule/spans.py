"""Opening hours: spans of the week.

Times are those of the zone's clocks on the wall: a span that falls into the hour skipped in spring
is shorter that day, one in the hour repeated in autumn longer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RULE = re.compile(r"(\w+)(?:\s*-\s*(\w+))?\s+(\d.*)")
_TIMES = re.compile(r"(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)")
_EXPECTED = "expected days and times such as 'Mon-Fri 09:00-17:30' or 'Sat 22:00-02:00'"
_EXPECTED_TIMES = "expected times such as 09:00-12:00"
_DAY = 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Times:
    """A span of a day, from `opens` to just before `closes`, which may be the next day's."""

    opens: time
    closes: time | None  # None: midnight
    text: str

    @classmethod
    def parse(cls, text: str, expected: str = _EXPECTED_TIMES) -> Times:
        """Read ``09:00-17:30``.  Raises ValueError."""
        found = _TIMES.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text.strip()!r}: {expected}")
        opens = _clock(found[1], expected)
        closes = None if found[2] == "24:00" else _clock(found[2], expected)
        if opens == closes:
            raise ValueError(f"{text.strip()!r} has no length; a whole day is 00:00-24:00")
        return cls(opens, closes, text.strip())

    def on_its_day(self, clock: time) -> bool:
        """Whether *clock*, of the day on which the span begins, is in it."""
        if self.closes is None or self.closes <= self.opens:
            return clock >= self.opens
        return self.opens <= clock < self.closes

    def on_the_next(self, clock: time) -> bool:
        """Whether *clock*, of the day after, is in it."""
        return self.closes is not None and self.closes <= self.opens and clock < self.closes

    def covers(self, other: Times) -> bool:
        """Whether all of *other*, of the same day, is in it."""
        (first, last), (begin, end) = self.minutes, other.minutes
        return first <= begin and end <= last

    def overlaps(self, other: Times) -> bool:
        """Whether a moment of the same day is in both."""
        (first, last), (begin, end) = self.minutes, other.minutes
        return first < end and begin < last

    @property
    def minutes(self) -> tuple[int, int]:
        """When it begins and ends, in minutes since midnight; more than a day's on the next."""
        opens = self.opens.hour * 60 + self.opens.minute
        if self.closes is None:
            return opens, _DAY
        closes = self.closes.hour * 60 + self.closes.minute
        return opens, closes if closes > opens else closes + _DAY


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the week (0 is Monday), and the times of each."""

    days: frozenset[int]
    times: Times
    text: str

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read ``Mon-Fri 09:00-17:30``.  Raises ValueError."""
        found = _RULE.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text.strip()!r}: {_EXPECTED}")
        first, last, times = found.groups()
        begin, end = _day(first), _day(last or first)
        days = frozenset((begin + i) % 7 for i in range((end - begin) % 7 + 1))
        return cls(days, Times.parse(times, _EXPECTED), text.strip())

    def covers(self, other: Span) -> bool:
        """Whether *other* never opens anything that this one does not."""
        return other.days <= self.days and self.times.covers(other.times)


class Hours(tuple[Span, ...]):
    """Opening hours: ``Hours.parse("Mon-Fri 09:00-17:30, Sat 10:00-13:00")``."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read spans with commas between them.  Raises ValueError."""
        return cls(Span.parse(part) for part in text.split(",")).checked()

    def checked(self) -> Hours:
        """The same; raises ValueError for a span that never decides."""
        for number, span in enumerate(self):
            for other in (*self[:number], *self[number + 1 :]):
                if other.covers(span):
                    raise ValueError(f"{span.text!r} lies within {other.text!r}; leave it out")
        return self


def _day(word: str) -> int:
    try:
        return _DAYS.index(word.lower()[:3])
    except ValueError:
        raise ValueError(f"{word!r} is no day of the week; {_EXPECTED}") from None


def _clock(text: str, expected: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        raise ValueError(f"{text!r} is no time of day; {expected}") from None

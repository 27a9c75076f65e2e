"""Times and time zones, as they are written in files."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from ..engine.codes import Code
from .source import Wrong, suggest

_UNITS = {"": 1.0, "s": 1.0, "ms": 0.001, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SECONDS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([a-z]*)")


def seconds(text: str) -> float:
    """``5``, ``0.5``, ``300 ms``, ``5 s``, ``2 min``, ``1 h``, ``30 d``.  Raises ValueError."""
    found = _SECONDS.fullmatch(text.strip())
    if not found or found[2] not in _UNITS:
        raise ValueError(f"{text!r} is no time; expected such as 5, 0.5 s, 300 ms, 2 min")
    return float(found[1]) * _UNITS[found[2]]


def zone(text: str) -> ZoneInfo:
    """``Europe/Berlin``.  Raises `Wrong`."""
    if text not in _zones():
        hint = suggest(text, _zones())
        hint = hint if hint.startswith("did") else "expected such as Europe/Berlin"
        raise Wrong(f"unknown time zone {text!r}; {hint}", Code.UNKNOWN_VALUE)
    return ZoneInfo(text)


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))

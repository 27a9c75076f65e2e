"""What the attributes of prosody, emphasis and break mean.

Every function takes a value as it is written, and raises `ValueError` with what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from .parts import Level

LONGEST_PAUSE = 10.0  # seconds
SLOWEST, FASTEST = 0.3, 3.0
LOWEST, HIGHEST = 0.5, 2.0
_SILENT, _LOUDEST = 0.0, 4.0

_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.3, "x-fast": 1.7}
_PITCHES = {"x-low": 0.7, "low": 0.85, "medium": 1.0, "high": 1.15, "x-high": 1.3}
_VOLUMES = {"silent": 0.0, "x-soft": 0.3, "soft": 0.6, "medium": 1.0, "loud": 1.5, "x-loud": 2.0}
_PAUSES = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.0}
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{1,3})?)(%|st|dB)")
_TIME = re.compile(r"(\d{0,5}(?:\.\d{1,3})?)(ms|s)")


def rate(value: str) -> float:
    """``slow``, ``80%`` (of the usual) or ``-20%``."""
    return _bounded(_scaled(value, _RATES, "%", "80%"), SLOWEST, FASTEST)


def pitch(value: str) -> float:
    """``low``, ``90%``, ``-10%`` or ``-2st`` (semitones)."""
    return _bounded(_scaled(value, _PITCHES, "%|st", "-10% or +2st"), LOWEST, HIGHEST)


def volume(value: str) -> float:
    """``soft``, ``-6dB`` or ``50%``."""
    return _bounded(_scaled(value, _VOLUMES, "%|dB", "-6dB"), _SILENT, _LOUDEST)


def emphasis(value: str) -> Level:
    """``strong``, ``moderate``, ``reduced`` or ``none``."""
    for level in get_args(Level):
        if value == (level or "none"):
            return level  # type: ignore[no-any-return]
    raise ValueError(_expected([level or "none" for level in get_args(Level)]))


def pause(strength: str, time: str) -> float:
    """The seconds of a break; a *time* says more than a *strength*."""
    if not time:
        if strength not in _PAUSES:
            raise ValueError(_expected(_PAUSES))
        return _PAUSES[strength]
    found = _TIME.fullmatch(time)
    if not found or not found[1]:
        raise ValueError("expected a time such as 500ms or 1.5s")
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1)
    if seconds > LONGEST_PAUSE:
        raise ValueError(f"expected {LONGEST_PAUSE:g}s at most")
    return seconds


def _scaled(value: str, names: Mapping[str, float], units: str, example: str) -> float:
    if value in names:
        return names[value]
    if value == "default":
        return 1.0
    found = _NUMBER.fullmatch(value)
    if not found or found[3] not in units.split("|"):
        raise ValueError(f"{_expected(names)}, or such as {example}")
    sign, amount = found[1], float(found[2])
    signed = -amount if sign == "-" else amount
    match found[3]:
        case "st":
            return float(2 ** (signed / 12))
        case "dB":
            return float(10 ** (signed / 20))
    return (100 + signed if sign else amount) / 100


def _bounded(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def _expected(names: Mapping[str, float] | list[str]) -> str:
    return f"expected one of {', '.join(names)}"

"""What a project gives to all its flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from .schedule import Schedule

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class House:
    """`language` and `zone` are those of flows that name none; `schedules` have names."""

    language: str = ""
    zone: ZoneInfo = UTC
    schedules: Mapping[str, Schedule] = field(default_factory=dict)


NO_HOUSE = House()

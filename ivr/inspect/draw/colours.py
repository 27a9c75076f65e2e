"""What each tone looks like, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .picture import Tone


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a box: `fill`, its edge, and text; a line has that of the edge."""

    fill: str = "#ffffff"
    edge: str = "#334155"
    text: str = "#0f172a"
    style: Literal["solid", "dashed"] = "solid"


LOOKS: Mapping[Tone, Look] = {
    "": Look(),
    "end": Look("#334155", text="#ffffff"),
    "rare": Look(edge="#94a3b8", text="#64748b", style="dashed"),
    "new": Look("#dcfce7", "#15803d", "#14532d"),
    "gone": Look("#fee2e2", "#b91c1c", "#7f1d1d", "dashed"),
    "changed": Look("#fef9c3", "#a16207", "#713f12"),
    "met": Look("#dcfce7", "#15803d", "#14532d"),
    "missed": Look("#fee2e2", "#b91c1c", "#7f1d1d", "dashed"),
    "some": Look("#e0f2fe", "#0369a1"),
    "many": Look("#7dd3fc", "#0369a1"),
    "losing": Look("#fecaca", "#b91c1c", "#7f1d1d"),
}

"""What a story says, as YAML in one line: as people would write it, and read back as the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from ..engine.effects import File, Given, Recorded, Signal, Silence, Text, Tone, Url
from ..engine.values import UNWANTED


def in_yaml(value: Any) -> str:
    """*value* in one line; a moment has its zone beside it, unless that is UTC."""
    match value:
        case None:
            return "null"
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case float():
            return number(value)
        case datetime():
            return _moment(value)
        case Mapping():
            return "{" + ", ".join(f"{_word(str(k))}: {in_yaml(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(in_yaml, value)) + "]"
        case Text() | File() | Url() | Tone() | Signal() | Silence() | Recorded() | Given():
            return in_yaml(_prompt(value))
    return _word(str(value))


def number(value: float) -> str:
    """To nine places: no more are read."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _word(text: str) -> str:
    """*text*, in quotes where YAML would take it for something else."""
    bare, quoted = (
        yaml.safe_dump(
            [text],
            default_style=style,
            default_flow_style=True,
            allow_unicode=True,
            width=float("inf"),
        ).strip()[1:-1]
        for style in (None, '"')
    )
    if bare == text and not UNWANTED.search(text):
        return bare
    return UNWANTED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _moment(at: datetime) -> str:
    own = isinstance(at.tzinfo, ZoneInfo)
    local = at if own else at.astimezone(UTC)
    clock = f"{local:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".").removesuffix(":00")
    return f"{clock} {at.tzinfo}" if own else clock


def _prompt(
    prompt: Text | File | Url | Tone | Signal | Silence | Recorded | Given,
) -> dict[str, str]:
    match prompt:
        case Text(words):
            return {"text": words}
        case File(path):
            return {"file": path}
        case Url(url):
            return {"url": url}
        case Tone(frequency, seconds):
            return {"tone": f"{frequency} Hz for {number(seconds)} s"}
        case Signal(name, seconds, country):
            length = f" for {number(seconds)} s" if seconds else ""
            return {"tone": f"{country} {name}{length}".strip().lower()}
        case Silence(seconds):
            return {"silence": f"{number(seconds)} s"}
        case Recorded(file):
            return {"recording": file}
    return {"argument": prompt.name}

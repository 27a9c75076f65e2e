"""What goes into and comes out of a call, as plain values for JSON: one record for everything.

The journal of a real call, the log of a simulated one and what is replayed later are this one
format.  What the flow calls sensitive never gets into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, time
from decimal import Decimal
from typing import Any, get_args

from .call import Call
from .effects import Effect, File, Given, Recorded, SendDigit, Signal, Silence, Text, Tone, Url
from .events import Digit, Event, Heard, LegDigit, Offered, WorkDone
from .values import Secret

MASK = "*"
# RFC 3261, section 22: credentials.
_CREDENTIALS = frozenset(["authorization", "proxy-authorization"])


def of_event(event: Event, call: Call) -> dict[str, Any]:
    """*event* as it may be written down, seen before *call* takes it.

    A key is shown only while a step that may show it takes keys: one typed ahead may turn out to
    belong to a secret.  What a step made of the keys it took is in the `entry` note that follows.
    """
    line = _line("event", event)
    if isinstance(event, LegDigit) or (isinstance(event, Digit) and not call.reading):
        line["key"] = MASK  # what is typed to a far end may be a secret of it
    if isinstance(event, Heard) and call.asking and not call.reading:
        line["text"], line["alternatives"] = MASK, []  # a secret may be said as well
    if isinstance(event, WorkDone):
        line["reason"] = call.masked(event.reason)
        if event.id in call.secret_work:
            line["value"] = str(Secret(""))
    if isinstance(event, Offered):
        headers = {k: v for k, v in event.headers.items() if k not in _CREDENTIALS}
        line["headers"] = headers
    return line


def of_effect(effect: Effect) -> dict[str, Any]:
    """*effect* as it may be written down."""
    line = _line("effect", effect)
    if isinstance(effect, SendDigit):
        line["digit"] = MASK
    return line


def _line(kind: str, thing: Event | Effect) -> dict[str, Any]:
    name, fields = _SHAPES[type(thing)]
    return {kind: name, **{field: _plain(getattr(thing, field)) for field in fields}}


def _plain(value: Any) -> Any:
    match value:
        case Text() | Tone() | File() | Url() | Signal() | Silence() | Recorded() | Given():
            return _sound(value)
        case tuple() | list():
            return [_plain(item) for item in value]
        case Mapping():
            return {name: _plain(part) for name, part in value.items()}
        case Secret() | Decimal() | date() | time():
            return str(value)
    return value


def _sound(
    prompt: Text | Tone | File | Url | Signal | Silence | Recorded | Given,
) -> dict[str, str | float]:
    match prompt:
        case Text(words):
            return {"text": words}
        case Tone(frequency, seconds):
            return {"tone": frequency, "seconds": seconds}
        case File(path):
            return {"file": path}
        case Url(url):
            return {"url": url}
        case Recorded(file):
            return {"recording": file}
        case Signal(name, seconds, country):
            return {"tone": f"{country} {name}".strip(), "seconds": seconds}
        case Silence(seconds):
            return {"silence": seconds}
    return {"argument": prompt.name}


def _shape(kind: type[Event] | type[Effect]) -> tuple[str, tuple[str, ...]]:
    """``PlayDone`` is written as play_done; and its fields."""
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__)[1:]
    return name, tuple(field.name for field in fields(kind))


_SHAPES = {kind: _shape(kind) for kind in (*get_args(Event), *get_args(Effect))}

EVENTS = dict(_SHAPES[kind] for kind in get_args(Event))
"""The fields of each event, by the name that it has in a journal."""

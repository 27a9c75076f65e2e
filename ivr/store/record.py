"""The record of a call, read out of its journal.  Pure: lines in, one value out.

A journal may have been cut short by a full disk, a crash or a hand: whatever is no line of a
journal is skipped, and what a line lacks is empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from pathlib import PurePath
from typing import Any

Line = dict[str, Any]

LONGEST = 7 * 86400.0  # seconds after the offer that a line can be from
LATEST = 4e9  # seconds since 1970, in the year 2096


class Unreadable(ValueError):
    """A journal that does not even say when its call came."""


@dataclass(frozen=True, slots=True)
class Message:
    """A recording that was kept: what a caller said, or (`kind` call) the whole conversation."""

    kind: str
    name: str
    file: str
    """Its name among the recordings of the machine that took the call."""
    began: datetime
    seconds: float
    reason: str
    consent: str
    """The prompts that told the caller of it."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call.  Moments are UTC; `path`: the states it came through, in order."""

    id: str
    worker: str
    flow: str
    version: str
    direction: str
    """`in`, or `out`: a call that we made, to `dialled`, who was shown `caller`."""
    caller: str
    dialled: str
    began: datetime
    answered: datetime | None
    ended: datetime
    seconds: float
    """From the offer to the end."""
    answered_seconds: float
    """From the answer to the end."""
    path: str
    state: str
    """The last state."""
    outcome: str
    """The last outcome of a state: what led here, or to the end."""
    ended_by: str
    """caller (of a call out: whom we called), flow, error (of the flow, or the line), operator,
    media_timeout, drain, worker; of a call out that nobody took far_end or no_answer."""
    code: int
    """The SIP status that decided; 200 for an answered call."""
    reason: str
    inputs: tuple[dict[str, str], ...]
    """What the caller entered, state by state, as the journal may show it."""
    media: dict[str, Any]
    """How the sound was, as far as the line knew: packets, loss, jitter, codec."""
    dtmf: str
    """The way of the keys: rfc4733, info or none."""
    messages: tuple[Message, ...]


def record_of(call_id: str, lines: Iterable[str]) -> CallRecord:
    """The record of the call whose journal has these *lines*.  Raises `Unreadable`."""
    found = [line for line in map(parsed, lines) if line]
    wall = next((w for w in (amount(line.get("wall"), LATEST) for line in found) if w), 0.0)
    if not wall:
        raise Unreadable("no line of its journal says when it came")
    began = datetime.fromtimestamp(wall, UTC)

    def moment(line: Line) -> datetime:
        return began + timedelta(seconds=_at(line))

    head = _first(found, "call")
    offer = _first(found, "event", "offered")
    answer = _first(found, "event", "answered")
    end = _first(found, "event", "hung_up") or {"by": "worker", "at": max(map(_at, found))}
    final = next((e for e in found if e.get("effect") in ("reject", "redirect")), {})
    notes = [(_text(n, "kind"), _text(n, "detail")) for n in found if n.get("effect") == "note"]
    states = [detail for kind, detail in notes if kind == "state"]
    places = [detail for kind, detail in notes if kind in ("state", "back")]
    failures = [detail for kind, detail in notes if kind == "failed"]
    by = _text(end, "by") or "worker"
    media = _scalars(end.get("media"))
    return CallRecord(
        id=call_id,
        worker=_text(head, "worker"),
        flow=_text(head, "flow"),
        version=_text(head, "version"),
        direction="out" if offer.get("direction") == "out" else "in",
        caller=_text(offer, "caller"),
        dialled=_text(offer, "dialled"),
        began=began,
        answered=moment(answer) if answer else None,
        ended=moment(end),
        seconds=_at(end),
        answered_seconds=round(max(0.0, _at(end) - _at(answer)), 3) if answer else 0.0,
        path=" > ".join(states),
        state=places[-1] if places else "",
        outcome=next((detail for kind, detail in reversed(notes) if kind == "outcome"), ""),
        ended_by="error" if by == "flow" and failures else by,
        code=_code(end) or (200 if answer else _code(final)),
        reason=_text(end, "reason") or (failures[-1] if failures else ""),
        inputs=tuple(_inputs(notes)),
        media=media,
        dtmf=_text(media, "dtmf"),
        messages=tuple(_messages(found, moment)),
    )


def plain(record: CallRecord, host: str) -> Line:
    """*record* as it goes to sinks and scripts: values for JSON."""
    whole = as_json(asdict(record))
    for number, message in enumerate(whole["messages"], 1):
        message["number"] = number
    return {**whole, "host": host}


def as_json(row: Line) -> Line:
    """*row* with its moments as ISO 8601."""
    found: Line = json.loads(json.dumps(row, default=datetime.isoformat))
    return found


def parsed(line: str) -> Line:
    """A line of a journal; empty where it is torn, or no JSON object."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def amount(value: object, most: float) -> float:
    """*value* where it is a number from 0 to *most*, else 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value <= most else 0.0


def storable(text: str) -> str:
    """*text* without what databases refuse: zero bytes, halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _inputs(notes: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    state = ""
    for kind, detail in notes:
        if kind in ("state", "back"):
            state = detail
        elif kind == "entry":
            yield {"state": state, "entry": detail}


def _messages(found: list[Line], moment: Callable[[Line], datetime]) -> Iterator[Message]:
    asked = {
        amount(line.get("id"), LATEST): line
        for line in found
        if line.get("effect") in ("record", "record_call")
    }
    for line in found:
        file = PurePath(_text(line, "file")).name
        if line.get("event") != "record_done" or not file:
            continue
        # One that was put in place after a crash says of itself what else the order says.
        order = asked.get(amount(line.get("id"), LATEST), line)
        is_call = order.get("effect") == "record_call" or order.get("kind") == "call"
        length = amount(line.get("seconds"), LONGEST)
        yield Message(
            kind="call" if is_call else "message",
            name=_text(order, "name"),
            file=file,
            began=moment(order),
            seconds=length,
            reason=_text(line, "reason"),
            consent=_prompts(order.get("consent")),
        )


def _prompts(told: object) -> str:
    prompts = told if isinstance(told, list) else []
    words = [p.get("text") if isinstance(p, dict) else p for p in prompts]
    return ", ".join(storable(word) for word in words if isinstance(word, str))


def _first(found: list[Line], key: str, value: str = "") -> Line:
    return next((line for line in found if key in line and value in ("", line[key])), {})


def _at(line: Line) -> float:
    return amount(line.get("at"), LONGEST)


def _code(line: Line) -> int:
    return int(amount(line.get("code"), 699))


def _text(line: Line, key: str) -> str:
    value = line.get(key)
    return storable(value) if isinstance(value, str) else ""


def _scalars(value: object) -> Line:
    if not isinstance(value, dict):
        return {}
    kept = {}
    for name, item in value.items():
        if isinstance(item, str):
            item = storable(item)
        if isinstance(item, str | int) or (isinstance(item, float) and isfinite(item)):
            kept[storable(name)] = item
    return kept

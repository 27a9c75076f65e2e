"""A call as its journal tells it: checked, so that what reads it need not ask twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...engine.trace import EVENTS

Line = Mapping[str, Any]

_NOTED = ("state", "back", "outcome", "entry", "invalid", "denied", "end")
_ASKED = {"work": "job", "dial": "to", "refer": "to", "record": "name", "screen": "effect"}
DIED = "worker"
"""What ended a call whose worker died: others wrote the end of its journal."""
_NUMBERS = frozenset(("at", "id", "leg", "code", "seconds", "wall"))


class CannotReplay(ValueError):
    """A journal that does not tell all of its call; says why."""


@dataclass(frozen=True, slots=True)
class Journal:
    """One call.  `lines` are its events and effects in order, without SIP messages."""

    id: str
    flow: str
    version: str
    offer: Line
    lines: Sequence[Line]
    way: Sequence[tuple[str, str]]
    """What it came through: notes by kind and detail, and what was asked of the world."""
    by: str
    """Who ended it."""


def way(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """What a call that left these *lines* came through."""
    for line in lines:
        effect = line.get("effect")
        if effect == "note":
            if line["kind"] in _NOTED:
                yield line["kind"], line["detail"]
        elif effect in _ASKED:
            yield effect, line[_ASKED[effect]]


def read(lines: Iterable[Line]) -> Journal:
    """The call whose journal has these *lines*.

    Raises `CannotReplay` for one that was written by another version of ivr, has lost lines, or
    whose call goes on.
    """
    head: Line = {}
    found: list[Line] = []
    for line in lines:
        if "event" in line or "effect" in line:
            found.append(_whole(line, found))
        elif "call" in line:
            head = line
    if not head or not found or found[0].get("event") != "offered":
        raise CannotReplay("its first lines are lost")
    for line in found:
        _check(line)
    ends = deque((line for line in found if line.get("event") == "hung_up"), maxlen=1)
    if not ends:
        raise CannotReplay("it goes on, or its last lines are lost")
    if ends[0]["by"] == DIED:
        found.append({"at": ends[0]["at"], "effect": "note", "kind": "end", "detail": DIED})
    if not any(line.get("kind") == "end" for line in found):
        raise CannotReplay("lines are lost")
    notes = [line for line in found if line.get("effect") == "note"]
    return Journal(
        str(head["call"]),
        str(head.get("flow")),
        str(head.get("version")),
        found[0],
        found,
        list(way(found)),
        next(note["detail"] for note in reversed(notes) if note["kind"] == "end"),
    )


def _whole(line: Line, before: Sequence[Line]) -> Line:
    """*line* with what they left out who closed the journal of a dead worker.

    It did nothing after its own last line, whenever it was seen to be dead.
    """
    last = {"at": before[-1]["at"]} if before and "at" in before[-1] else {}
    match line:
        case {"event": "hung_up", "by": "worker"}:
            return {"code": 0, "media": {}, **line, **last}
        case {"event": "record_done"} if "id" not in line:
            order = "record_call" if line.get("kind") == "call" else "record"
            known = [each["id"] for each in before if each.get("effect") == order]
            return {"id": known[-1] if known else 0, "detail": "", **line, **last}
    return line


def _check(line: Line) -> None:
    """Raise `CannotReplay` for a line that this version would not have written."""
    event = line.get("event")
    if event is None:
        wanted: tuple[str, ...] = ("kind", "detail") if line["effect"] == "note" else ()
    elif event in EVENTS:
        wanted = EVENTS[event]
    else:
        raise CannotReplay(f"it was written by another version of ivr: {event!r}")
    for name in ("at", *wanted):
        if name not in line:
            raise CannotReplay(f"it was written by another version of ivr: no {name!r}")
        if name in _NUMBERS and type(line[name]) not in (int, float):
            raise CannotReplay(f"{name} is {line[name]!r}, which is no number")

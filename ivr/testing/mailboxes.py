"""The mailboxes of a story: they begin with what the story says, and end with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..engine.effects import Work
from ..engine.events import WorkDone
from ..engine.letters import id_of, position, wrong_box, wrong_id, wrong_with_room
from .memory import Lost

Letters = Mapping[str, Sequence[Mapping[str, Any]]]
KNOWN = ("file", "caller", "urgent", "heard", "at")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in a mailbox; `at` in seconds since 1970."""

    number: int
    file: str
    caller: str = ""
    urgent: bool = False
    heard: bool = False
    at: float = 0.0

    @property
    def id(self) -> str:
        return id_of(self.number, urgent=self.urgent)

    @property
    def position(self) -> tuple[int, int]:
        return position(self.id)


class Mailboxes:
    """Messages by box, as the job ``mailbox`` has them."""

    __slots__ = ("_boxes", "_number")

    def __init__(self, begin_with: Letters) -> None:
        self._number = 0
        self._boxes = {
            box: [self._letter(each) for each in kept] for box, kept in begin_with.items()
        }

    def does(self, work: Work, wall: float, lost: Lost | None = None) -> WorkDone:
        """What comes of it at the time of day *wall*; *lost* where they are out of reach."""
        if lost:
            return WorkDone(work.id, lost, None, "the mailboxes are out of reach")
        order = work.order
        box = self._boxes.setdefault(order["box"], [])
        if wrong := _wrong(box, order):
            return WorkDone(work.id, "failed", None, wrong)
        match order["action"]:
            case "look":
                return WorkDone(work.id, "ok", _seen(box, order))
            case "deliver":
                if not _is_in(box, order["file"]):
                    facts = {name: order[name] for name in ("file", "caller", "urgent")}
                    box.append(self._letter({**facts, "at": wall}))
            case action:
                self._boxes[order["box"]] = [
                    replace(each, heard=action == "old") if each.id == order["id"] else each
                    for each in box
                    if action != "deleted" or each.id != order["id"]
                ]
        return WorkDone(work.id, "ok", {})

    def known(self) -> dict[str, list[Letter]]:
        """The messages of each box, in order."""
        boxes = self._boxes.items()
        return {box: sorted(kept, key=lambda each: each.position) for box, kept in boxes if kept}

    def _letter(self, facts: Mapping[str, Any]) -> Letter:
        self._number += 1
        return Letter(self._number, **{"file": f"earlier-{self._number}.wav", **facts})


def _wrong(box: list[Letter], order: Mapping[str, Any]) -> str:
    """Why the job would not do it; empty: it would."""
    if wrong := wrong_box(order["box"]):
        return wrong
    if order["action"] == "deliver" and not _is_in(box, order["file"]):
        return wrong_with_room(len(box))
    return wrong_id(order["after"]) if order.get("after") else ""


def _is_in(box: list[Letter], file: str) -> bool:
    return any(each.file == file for each in box)


def _seen(box: list[Letter], order: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {"new": (False,), "old": (True,)}.get(order["of"], (False, True))
    after = position(order["after"] or id_of(0, urgent=True))
    behind = [each for each in box if each.heard in wanted and each.position > after]
    found = min(behind, key=lambda each: each.position, default=None)
    names = ("id", "file", "caller", "at", "urgent", "heard")
    return {
        "new": sum(not each.heard for each in box),
        "old": sum(each.heard for each in box),
        "urgent": sum(each.urgent and not each.heard for each in box),
        "message": found and {name: getattr(found, name) for name in names},
    }

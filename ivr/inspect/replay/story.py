"""A journal as a story: a test that passes on the version of the flow that served the call.

Of the caller no more is told than the call needs to go the same way: neither his number nor his
headers where they do not matter, and of secrets only stand-ins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ...engine.acceptance import STATE as ACCEPTING
from ...engine.errors import LoadError
from ...engine.flow import Flow
from ...testing import StoryError
from ...testing.steps import Step, sentence
from ...testing.story import Story, head, with_story
from .follow import Follower
from .journal import CannotReplay, Journal, Line, way
from .pace import WentElsewhere
from .stand_ins import DIGIT, MASKED, Choices, Secrets

OUTSIDE = ("recall", "remember", "mailbox")
"""Jobs of which a simulated line knows itself what comes, unless it is told."""
SOON = 1.0  # seconds between keys of one entry
ATTEMPTS = 120  # with other stand-ins, before we give up
REMARK = "A call as its journal tells it; what is secret in it is made up."


def story_of(journal: Journal, flow: Flow) -> Story:
    """The call of *journal* as a story of *flow*.

    Raises `CannotReplay` where no call like it can be made on a simulated line.
    """
    parted = 0
    for offer, digits in _offers(journal):
        choices = Choices()
        for _ in range(ATTEMPTS):
            choices.begin()
            found = _attempt(journal, flow, offer, choices, digits)
            if isinstance(found, Story):
                return found
            parted = max(parted, found)
            if not choices.change():
                break
    why = f"the call cannot be made again on this flow: {_where(journal, parted)}"
    if flow.version and journal.version not in ("", flow.version):
        why += f"; it has changed since, from version {journal.version} to {flow.version}"
    raise CannotReplay(why)


def _attempt(
    journal: Journal, flow: Flow, offer: Mapping[str, Any], choices: Choices, digits: int
) -> Story | int:
    """The story, if the call goes as it went with these *choices*; else where it parts from it."""
    secrets = Secrets(DIGIT * digits)
    known = {**offer, "secrets": secrets} if "secrets" in offer else offer
    follower = Follower(flow, journal, known, choices, digits)
    try:
        follower.follow()
    except (WentElsewhere, StoryError, ValueError):
        return follower.parted
    story = Story({**offer, "secrets": dict(secrets)}, tuple(follower.told))
    shorter = replace(story, steps=tuple(_in_one_go(story.steps)))
    told = (each for each in (shorter, story) if _passes(each, journal, flow))
    return next(told, len(journal.lines) - 1)


def _where(journal: Journal, index: int) -> str:
    """What the line there says, and when, and where its call was."""
    notes = [line for line in journal.lines[:index] if line.get("kind") in ("state", "back")]
    state = f", in {notes[-1]['detail']}" if notes else ""
    line = journal.lines[index]
    what = line.get("event") or line["effect"]
    if what == "note":
        what = f"{line['kind']} {line['detail']}"
    return f"it goes another way at {line['at']:.1f} s{state}, where its journal has {what}"


def _passes(story: Story, journal: Journal, flow: Flow) -> bool:
    """Whether it comes true, and the call goes the way of *journal*.

    Raises `CannotReplay` where it cannot be read as it is written.
    """
    try:
        call = story.as_read(flow).tell(flow)
    except LoadError as error:
        wrong = error.faults[0].message
        raise CannotReplay(f"no story can have what is in it: {wrong}") from None
    except (StoryError, ValueError):
        return False
    return list(way(call.journal))[:-1] == list(journal.way)[:-1]


def text_of(story: Story, name: str, flow: str) -> str:
    """The file that has *story*, about the flow in the file *flow*, which lies beside it."""
    return with_story(head(flow, REMARK), story.lines(name))


def _in_one_go(steps: Iterable[Step]) -> Iterator[Step]:
    """*steps*, with keys together that were pressed one soon after the other in one state."""
    held: list[Step] = []
    for step in steps:
        match [each.name for each in held], step.name:
            case ([], "is_in") | (["is_in"], "presses"):
                held.append(step)
            case ["is_in", "presses"], "waits" if step.named["seconds"] <= SOON:
                held.append(step)
            case ["is_in", "presses", "waits"], "is_in" if step == held[0]:
                held.append(step)
            case ["is_in", "presses", "waits", "is_in"], "presses":
                keys = held[1].named["keys"] + step.named["keys"]
                held = [held[0], sentence("presses", keys=keys)]
            case _:
                yield from held
                held = [step] if step.name == "is_in" else []
                if not held:
                    yield step
    yield from held


def _offers(journal: Journal) -> Iterator[tuple[dict[str, Any], int]]:
    """What the call may be offered with, the least first; and how long a secret is."""
    offer = journal.offer
    always: dict[str, Any] = {"at": datetime.fromtimestamp(offer["wall"], UTC)}
    if offer["direction"] == "out":
        always["direction"] = "out"
    if key := _accepted(journal):
        always["accept"] = key
    if offer["overrides"]:
        always["overrides"] = offer["overrides"]
    told = sorted({str(line["job"]) for line in journal.lines if line.get("effect") == "work"})
    if told := [job for job in told if job in OUTSIDE]:
        always["told"] = told
    who = {"caller": offer["caller"], "dialled": offer["dialled"]}
    headers = {"headers": offer["headers"]} if offer["headers"] else {}
    lengths = {"durations": found} if (found := durations(journal.lines)) else {}
    digits = _digits(journal)
    secrets: list[dict[str, Any]] = [{}, {"secrets": True}]
    if any(line.get("kind") == "authenticate" for line in journal.lines):
        secrets.reverse()
    for more in ({}, lengths, who, {**who, **headers, **lengths}):
        for secret in secrets:
            yield {**always, **more, **secret}, digits


def _accepted(journal: Journal) -> str:
    """The key with which whom we called took the call."""
    if ("state", ACCEPTING) not in journal.way:
        return ""
    typed = [entry for kind, entry in journal.way if kind == "entry" and entry.startswith("typed ")]
    return typed[0].removeprefix("typed ") if ("outcome", "accepted") in journal.way else "1"


def _digits(journal: Journal) -> int:
    """How many keys a secret has that was typed."""
    keys = 0
    for line in journal.lines:
        if line.get("event") == "digit":
            keys += 1
        elif line.get("kind") == "dropped":
            keys -= 1
        elif line.get("kind") == "entry":
            if MASKED in line["detail"] and keys:
                return keys - (not line["detail"].endswith(MASKED))
            keys = 0
    return 4


def durations(lines: Iterator[Line] | Any) -> dict[str, float]:
    """How long prompts were that were heard to their end, by name."""
    found: dict[str, float] = {}
    begun: dict[Any, Line] = {}
    for line in lines:
        if line.get("effect") == "play":
            begun[line["id"]] = line
        elif line.get("event") == "play_done" and line["id"] in begun:
            play = begun.pop(line["id"])
            match play["prompts"]:
                case [str(name)]:
                    found[name] = round(line["at"] - play["at"], 3)
    return found

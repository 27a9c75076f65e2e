"""Warnings that somebody has looked at: ``# ivr: allow CODE because …``.

The comment stands behind what it is about, or on lines of its own above it.  It has a reason, or
nobody could tell later whether it still holds; and where it is about nothing any more, that is told
as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...engine.codes import Code
from ...engine.errors import Fault, LoadError
from ...engine.flow import Flow, Place
from ...flowfile.source import read_text, suggest

_COMMENT = re.compile(r"(?:^|\s)(#\s*ivr:\s*allow\b)\s*(.*)")
_ALLOWED = re.compile(r"([\w-]+(?:\s*,\s*[\w-]+)*)\s*(?:\bbecause\b\s*(.*))?")
_NO_CODE = re.compile(r"\s*(#.*)?")
_EXPECTED = "expected such as: # ivr: allow long-question because the law wants these words"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One comment: the codes that it allows in `line`, and why."""

    place: Place
    line: int
    codes: tuple[str, ...]
    reason: str

    def covers(self, warning: Fault) -> bool:
        here = (self.place.file, self.line)
        return warning.code in self.codes and (warning.file, warning.line) == here


def heeded(
    warnings: Iterable[Fault], flows: Iterable[Flow], untold: Collection[Code] = ()
) -> list[Fault]:
    """What is left of *warnings* about *flows*, and what is wrong with the comments themselves.

    Of the codes that are *untold* nobody has looked whether there are any.
    """
    found = sorted(warnings)
    files = {fault.file for fault in found}.union(*map(files_of, flows))
    allowances = [each for file in sorted(files) for each in allowances_in(file)]
    left = [each for each in found if not any(one.covers(each) for one in allowances)]
    wrong = [fault for each in allowances for fault in _wrong(each, found, untold)]
    return sorted([*left, *wrong])


def files_of(flow: Flow) -> set[str]:
    """The files that *flow* and all that it calls stand in."""
    places = {state.place for each in flow.family() for state in each.states.values()}
    places |= {each.place for each in flow.family()}
    return {place.file for place in places if place.file}


def allowances_in(file: str) -> Iterator[Allowance]:
    """The comments of *file*, in their order."""
    try:
        lines = read_text(Path(file)).splitlines()
    except LoadError:  # gone since it was read
        return
    for number, text in enumerate(lines, 1):
        comment = _COMMENT.search(text)
        if comment:
            above = not text[: comment.start(1)].strip()
            said = _ALLOWED.match(comment[2])
            yield Allowance(
                Place(file, number, comment.start(1) + 1),
                _next(lines, number) if above else number,
                tuple(re.split(r"\s*,\s*", said[1])) if said else (),
                (said[2] or "").strip() if said else "",
            )


def _next(lines: list[str], number: int) -> int:
    """The first line behind *number* that is no comment."""
    while number < len(lines) and _NO_CODE.fullmatch(lines[number]):
        number += 1
    return number + 1


def _wrong(each: Allowance, warnings: list[Fault], untold: Collection[Code]) -> Iterator[Fault]:
    if not each.codes or not each.reason:
        what = "nothing is named that is allowed" if not each.codes else "no reason is given"
        yield each.place.fault(f"{what}; {_EXPECTED}", Code.ALLOWED_WITHOUT_REASON)
    for name in each.codes:
        if name not in list(Code):
            wrong = f"no code {name!r}; {suggest(name, map(str, Code))}"
        elif Code(name).level == "error":
            wrong = f"{name} is an error, and errors cannot be allowed; mend it"
        elif Code(name) in untold or any(
            warning.code == name and each.covers(warning) for warning in warnings
        ):
            continue
        else:
            wrong = f"nothing in line {each.line} is {name}; remove the comment"
        yield each.place.fault(wrong, Code.ALLOWED_FOR_NOTHING)

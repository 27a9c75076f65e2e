"""Lists of callers, and what is done with those who are on one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..engine.call import Call
from ..engine.flow import Flow
from ..engine.statuses import Refusal
from ..engine.verbs import reject
from .numbers import ANONYMOUS, Numbers, Table, is_anonymous


@dataclass(frozen=True, slots=True)
class CallerList:
    """Callers by number, prefix (``+49900*``) or the word ``anonymous``.

    `flow` takes their calls, whatever was dialled; None: that of the number, and the list is but a
    name.  With `allow`, no list behind this one counts for them.
    """

    name: str
    numbers: tuple[str, ...]
    flow: Flow | None = None
    allow: bool = False


class Callers:
    """All lists, in their order."""

    def __init__(self, lists: Iterable[CallerList], numbers: Numbers) -> None:
        self._lists = [
            (each, Table(dict.fromkeys(each.numbers, True), numbers), ANONYMOUS in each.numbers)
            for each in lists
        ]

    def of(self, caller: str) -> list[CallerList]:
        """The lists that *caller* is on."""
        hidden = bool(self._lists) and is_anonymous(caller)
        return [
            each
            for each, table, anonymous in self._lists
            if (anonymous if hidden else table.find(caller) is not None)
            or (hidden and "*" in each.numbers)
        ]


def decided(lists: Iterable[CallerList]) -> CallerList | None:
    """The first of *lists* that does something about the caller."""
    return next((each for each in lists if each.flow or each.allow), None)


def refusing(name: str, reason: Refusal) -> Flow:
    """A flow that refuses every call with *reason*."""
    flow = Flow(name, start="refuse")

    @flow.state()
    async def refuse(call: Call) -> str:
        return (await reject(call, reason)).outcome

    return flow

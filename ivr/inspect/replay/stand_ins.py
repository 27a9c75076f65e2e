"""What stands for what a journal masks: anything will do that goes the same way.

A journal tells how many keys were pressed and what came of them, and never which they were where
they are secret.  So stand-ins are tried, the likely ones first, until the call goes as it went.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from ...engine.digits import KEYS
from ...engine.flow import Flow, path_name
from ...engine.values import Secret
from ...testing.answers import answer_with

T = TypeVar("T")

MASKED = str(Secret(""))
DIGIT = "0"  # a number of nothing else has right check digits
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_OK = 200


class Choices:
    """Which of several each time, in a walk that is begun anew until it ends well.

    The latest choice is the first to be changed.
    """

    def __init__(self) -> None:
        self._taken: list[int] = []
        self._counts: list[int] = []
        self._made = 0

    def begin(self) -> None:
        self._made = 0

    def pick(self, options: Sequence[T]) -> T:
        """One of *options*, of which the first is the likeliest."""
        at, self._made = self._made, self._made + 1
        if at == len(self._taken):
            self._taken.append(0)
            self._counts.append(len(options))
        return options[self._taken[at]]

    def change(self) -> bool:
        """Choose otherwise from now on; False: all has been tried."""
        del self._taken[self._made :], self._counts[self._made :]
        while self._taken and self._taken[-1] + 1 >= self._counts[-1]:
            self._taken.pop()
            self._counts.pop()
        if self._taken:
            self._taken[-1] += 1
        return bool(self._taken)


class Secrets(Mapping[str, str]):
    """Every secret of the settings has the same *text*; `asked` are those that were needed."""

    def __init__(self, text: str) -> None:
        self.asked: set[str] = set()
        self._text = text

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self._text

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.asked))

    def __len__(self) -> int:
        return len(self.asked)


def first(likely: str) -> list[str]:
    """All keys, beginning with the *likely* ones."""
    return list(dict.fromkeys([*likely, *"#*", *KEYS]))


def values(value: Any, flow: Flow, state: str, job: str, digits: int) -> list[Any]:
    """What may have come of a *job* that *state* had done, of which the journal shows *value*.

    A secret is given so many *digits*.
    """
    text = DIGIT * digits
    if value == MASKED:
        return _made_up(flow, state, job, text)
    shown = _replaced(value, text, exact=True)
    other = _replaced(value, text, exact=False)
    return [shown] if shown == other else [shown, other]


def _replaced(value: Any, text: str, *, exact: bool) -> Any:
    """*value* without masks; *exact*: what looks like a decimal number was one."""
    match value:
        case Mapping():
            return {name: _replaced(part, text, exact=exact) for name, part in value.items()}
        case list():
            return [_replaced(part, text, exact=exact) for part in value]
        case str() if value == MASKED:
            return text
        case float():
            return Decimal(str(value))
        case str() if exact and _DECIMAL.fullmatch(value):
            return Decimal(value)
    return value


def _made_up(flow: Flow, state: str, job: str, text: str) -> list[Any]:
    paths = _wanted(flow, state, job)
    answers = [answer_with(dict.fromkeys(paths, leaf)) for leaf in (text, 0, True)]
    empty: dict[str, Any] = {}
    match job:
        case "sql":
            return [*(each.get("rows", []) for each in answers), []]
        case "http":
            known = {"status": _OK, "headers": {}, "body": None}
            return [{**known, **each, "status": _OK} for each in (*answers, empty)]
    return [*(each.get("value") for each in answers), None]


def _wanted(flow: Flow, state: str, job: str) -> list[str]:
    """The paths of what *state* takes from a secret *job*, as far as they can be told."""
    found: list[str] = []
    for each in flow.family():
        for name, known in each.states.items():
            if state in (name, path_name(each, name)):
                for act in known.does:
                    if act.verb.name == job and act.arguments.get("sensitive"):
                        found += act.arguments.get("into", {}).values()
    return found

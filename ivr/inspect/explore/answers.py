"""What may come of work that is done outside: values of each class that the flow tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...engine.effects import Work
from ...engine.values import Value
from ...testing.answers import answer_with
from .constants import Constants
from .secrets import made_up
from .standing import Doing

MOST = 12
_NUMBERS = {"currency", "number", "ordinal", "round", "int", "plural", "abs"}
_ROOTS = {"sql": "rows", "python": "value"}
TEXT = "1234"
Missing = object()


def succeeds(
    work: Work, step: Doing | None, declared: Mapping[str, str], known: Constants
) -> list[Any]:
    """The values with which *work* may be done, the usual one first."""
    into = _into(step)
    if not into:
        return [True, False] if step and step.verb != work.job == "python" else [None]
    usual: dict[str, object] = {name: _usual(name, step, declared, known) for name in into}
    found = [usual]
    for name in into:
        others: list[object] = [value for value in known.of(name) if value != usual[name]]
        if declared.get(name) == "yes/no":
            others += [True, False]
        if _may_be_missing(name, known):
            others.append(Missing)
        found += [{**usual, name: value} for value in others]
    values = [_answer(work, into, each) for each in found[:MOST]]
    if work.job == "sql":
        values.append([])
    return [value for number, value in enumerate(values) if value not in values[:number]]


def fails(work: Work, step: Doing | None, known: Constants) -> list[Any]:
    """What may come with the failure: nothing, or an answer with a status that says so."""
    into = _into(step)
    found: list[Any] = [None]
    for name, path in into.items():
        if work.job == "http" and path == "status":
            codes = [code for code in known.of(name) if isinstance(code, int) and code >= 400]
            found += [{"status": code} for code in codes[:MOST]]
    return found


def garbage(work: Work, step: Doing | None) -> Iterator[Any]:
    """What nobody expects: another shape, nothing at all, too much of it."""
    into = _into(step)
    shape = (lambda value: _answer(work, into, dict.fromkeys(into, value))) if into else None
    yield from ("?", [], {}, 0)
    if shape:
        yield from (shape(value) for value in (Missing, "x" * 5000, -1, "?", [1], {"a": 1}, ""))


def _into(step: Doing | None) -> Mapping[str, str]:
    found = step.arguments.get("into") if step else None
    return found if isinstance(found, Mapping) else {}


def _usual(
    name: str, step: Doing | None, declared: Mapping[str, str], known: Constants
) -> Value | None:
    """What *name* may be, so that what the flow does with it makes sense."""
    type = declared.get(name, "")
    filters = known.filters.get(name, set())
    if type == "secret" or name in known.secret or (step and step.arguments.get("sensitive")):
        return made_up(name, known.lengths)
    if type == "yes/no":
        return True
    if type in ("number", "currency") or filters & _NUMBERS:
        return next((each for each in known.of(name) if isinstance(each, int)), 7)
    if any(isinstance(each, int) for each in known.of(name)):
        return next(each for each in known.of(name) if isinstance(each, int))
    if type == "date" or "date" in filters:
        return "2025-03-10"
    if type == "time" or "time" in filters:
        return "10:30"
    return TEXT


def _may_be_missing(name: str, known: Constants) -> bool:
    """Whether the flow asks if there is such a value."""
    asked = any(
        name in names and ("defined" in each or "default" in each)
        for each, names in known.names.items()
    )
    return asked or "default" in known.filters.get(name, ())


def _answer(work: Work, into: Mapping[str, str], values: Mapping[str, Any]) -> Any:
    """What the job has to say so that *into* finds these values."""
    there = (name for name in into if values[name] is not Missing)
    answer = answer_with({into[name]: values[name] for name in there})
    root = _ROOTS.get(work.job)
    if root:
        return answer.get(root, [] if work.job == "sql" else None)
    if work.job == "http" and "status" not in answer:
        answer["status"] = 200
    return answer

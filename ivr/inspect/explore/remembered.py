"""What could have been remembered before a call, and lain in a mailbox; or could not be had."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from ...engine.effects import Work
from ...engine.values import Value
from ...engine.variables import Variables
from ...testing.steps import sentence
from ...testing.story import Story
from .constants import MANY, Constants

MESSAGES = ({"caller": "", "urgent": True}, {"caller": "+15550123", "heard": True})


def variants(
    work: Work,
    path: Story,
    variables: Mapping[str, Value],
    known: Constants,
    seen: set[Hashable],
) -> Iterator[tuple[str, Story]]:
    """How else a call could have gone that had *work* done after *path*; each once (*seen*)."""
    match work.job, work.order:
        case "recall" | "remember", order:
            scope = order["scope"]
            for name in order.get("names", ()):
                for value in _values(name, variables, known):
                    if _new(seen, (scope, name, repr(value))):
                        memory = _with(path.offer.get("memory", {}), scope, name, value)
                        offer = {**path.offer, "memory": memory}
                        yield f"{name} is remembered as {value}", Story(offer, path.steps)
        case "mailbox", {"box": box, "action": "look"}:
            if _new(seen, ("mailbox", box)):
                boxes = {**path.offer.get("mailboxes", {}), box: list(MESSAGES)}
                offer = {**path.offer, "mailboxes": boxes}
                yield f"there are messages for {box}", Story(offer, path.steps)
        case _:
            return
    lost = ("lost", work.job, work.order.get("scope", work.order.get("box")))
    if _new(seen, lost):
        yield "nothing can be remembered", path.then(sentence("has_no_memory"))


def _values(name: str, variables: Mapping[str, Value], known: Constants) -> list[Any]:
    if name == "failures":
        return [MANY]
    declared = variables.declared.get(name) if isinstance(variables, Variables) else None
    found: list[Value] = [*known.kept.get(name, ()), *known.of(name)]
    found += [True, MANY] if declared else []
    fit = (value for value in found if declared is None or not declared.wrong(value))
    return list(dict.fromkeys(fit))


def _new(seen: set[Hashable], what: Hashable) -> bool:
    if what in seen:
        return False
    seen.add(what)
    return True


def _with(
    memory: Mapping[str, Mapping[str, Any]], scope: str, name: str, value: Any
) -> dict[str, dict[str, Any]]:
    found = {each: dict(values) for each, values in memory.items()}
    found.setdefault(scope, {})[name] = value
    return found

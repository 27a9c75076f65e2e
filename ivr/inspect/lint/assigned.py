"""The variables that a verb has certainly set where it ends with an outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ...engine.state import Act
from ...flowfile.bind import signature_of
from .acts import told
from .sources import kinds_of

Names = Iterable[str]


def assigned(act: Act, outcome: str) -> frozenset[str]:
    """Those of *act*, unless they depend on other verbs (`branch`, `call_flow`)."""
    return frozenset(_OF_VERBS.get(act.verb.name, _any_outcome)(act, outcome))


def _set(act: Act, outcome: str) -> Names:
    values: Mapping[str, str] = told(act, "values")
    return values


def _ask(act: Act, outcome: str) -> Names:
    into: str | None = told(act, "into")
    return [into] if into and outcome not in ("no_input", "no_match") else []


def _taken(act: Act, outcome: str) -> Names:
    return [told(act, "into")] if outcome == act.verb.goes_on else []


def _answer(act: Act, outcome: str) -> Names:
    into: Mapping[str, str] = told(act, "into")
    return into if outcome == "ok" else []


def _rows(act: Act, outcome: str) -> Names:
    """Nothing found is `ok`, too."""
    return _certain(act, "rows") if outcome == "ok" else []


def _message(act: Act, outcome: str) -> Names:
    into: Mapping[str, str] = told(act, "into")
    return into if outcome == "found" else _certain(act, "message") if outcome == "none" else []


def _found_name(act: Act, outcome: str) -> Names:
    found = ("name", "number", "matches") if outcome == "found" else ("matches",)
    return [told(act, each) for each in found]


def _sums(act: Act, outcome: str) -> Names:
    add: Mapping[str, int] = told(act, "add")
    return add if outcome == "ok" else []


def _nothing(act: Act, outcome: str) -> Names:
    return []


def _any_outcome(act: Act, outcome: str) -> Names:
    """What the parameters of a verb name that are variables."""
    given = (
        act.arguments.get(parameter)
        for parameter, hint in signature_of(act.verb.run).hints.items()
        if "variable" in kinds_of(hint)
    )
    return [name for each in given for name in ([each] if isinstance(each, str) else each or ())]


def _certain(act: Act, doubtful: str) -> Names:
    into: Mapping[str, str] = told(act, "into")
    return [name for name, path in into.items() if not path.startswith(doubtful)]


_OF_VERBS: Mapping[str, Callable[[Act, str], Names]] = {
    "set": _set,
    "ask": _ask,
    "collect": _taken,
    "record": _taken,
    "http": _answer,
    "python": _answer,
    "sql": _rows,
    "mailbox": _message,
    "find_name": _found_name,
    "remember": _sums,
    "recall": _nothing,
    "branch": _nothing,
    "call_flow": _nothing,
}

"""What callers, far ends and services of a flow could answer, as far as its verbs say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from ..engine.choices import Choices
from ..engine.flow import Flow, path_name
from ..engine.key_patterns import DIGITS, KeyPattern, key_patterns
from ..engine.state import Act
from ..engine.values import Secret
from ..engine.variables import VariableType
from .answers import answer_with

Arguments = dict[str, Any]
Strategy = st.SearchStrategy[Arguments]
"""What `waits_for` is told of work, besides the job."""

PIN = "4711"  # what services say that it is, and callers know
_LEAVES: dict[VariableType, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["", "1234", "Ada"]),
    "number": st.integers(-1, 1000),
    "currency": st.integers(-1, 1000),
    "yes/no": st.booleans(),
    "secret": st.just(PIN),
}
_ANY = st.one_of(*_LEAVES.values())
_ANY_KEYS = st.text(f"{DIGITS}*#", min_size=1, max_size=8)
_STATUSES = {"ok": (200, 201, 204), "failed": (404, 409, 500, 503)}


def acts_of(flow: Flow) -> Iterator[tuple[Flow, Act]]:
    """What the states of *flow* do, and those of the flows that it calls."""
    for each in flow.family():
        for state in each.states.values():
            yield from ((each, act) for act in state.does)


# -- keys --------------------------------------------------------------------------------------


def keys_of(flow: Flow, more: tuple[str, ...]) -> dict[str, st.SearchStrategy[str]]:
    """What callers press in each state, by the name that a journal has for it; "" is any other.

    It is mostly what the state understands, then *more*, and at last any keys.
    """
    others: list[st.SearchStrategy[str]] = [st.sampled_from("0123456789*#"), _ANY_KEYS]
    if more:
        others.append(st.sampled_from(more))
    found = {"": st.one_of(others)}
    for each in flow.family():
        for name, state in each.states.items():
            asked = [*_typed_of(each.universal)]
            for act in state.does:
                asked += _entries(act)
            likely = [st.one_of(asked)] * 3 if asked else []
            keys = st.sampled_from([*likely, *others]).flatmap(lambda strategy: strategy)
            found |= dict.fromkeys((name, path_name(each, name)), keys)
    return found


def _typed_of(choices: Choices) -> Iterator[st.SearchStrategy[str]]:
    ways = [way for choice in choices.table.values() for way in choice.keys]
    if choices.by_key:
        yield st.sampled_from(sorted(choices.by_key))
    for way in ways:
        if way not in choices.by_key:
            yield from map(_typed, key_patterns(way))


def _entries(act: Act) -> Iterator[st.SearchStrategy[str]]:
    """What a verb accepts that asks for something."""
    arguments = dict(act.arguments)  # as far as they can be told
    choices = arguments.get("choices")
    if isinstance(choices, Choices):
        yield from _typed_of(choices)
    if act.verb.name == "confirm":
        yield st.sampled_from("12")
    patterns = arguments.get("patterns") or ()
    if isinstance(patterns, tuple):
        fixed = (text for text in patterns if isinstance(text, str) and "{" not in text)
        yield from (_typed(each) for text in fixed for each in key_patterns(text))
    if act.verb.name == "authenticate":
        yield st.just(PIN)
    sizes = {arguments.get(name) for name in ("length", "min", "max")}
    for size in sorted(size for size in sizes if isinstance(size, int)):
        yield st.text(DIGITS, min_size=size, max_size=size)


def _typed(pattern: KeyPattern) -> st.SearchStrategy[str]:
    places = st.tuples(*map(st.sampled_from, pattern.places)).map("".join)
    if not pattern.is_open:
        return places
    return st.tuples(places, st.text(DIGITS, min_size=1, max_size=4)).map("".join)


# -- work --------------------------------------------------------------------------------------


def work_of(flow: Flow) -> dict[str, Strategy]:
    """What may come of each job of *flow*: what its `into` looks for, of the declared types."""
    paths: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
    for owner, act in acts_of(flow):
        into = dict(act.arguments).get("into")
        if act.verb.name in ("http", "sql", "python") and isinstance(into, Mapping):
            for name, path in into.items():
                variable = owner.declared.get(name)
                leaf = _LEAVES.get(variable.type, st.none()) if variable else _ANY
                paths.setdefault(act.verb.name, {})[path] = leaf
    found = {job: _built(paths.get(job, {})) for job in ("http", "sql", "python")}
    lost = st.sampled_from([{"result": "failed", "reason": "it is down"}, {"result": "timeout"}])
    return {
        "http": st.one_of(_answers("ok", found["http"]), _answers("failed", found["http"]), lost),
        "sql": found["sql"].map(lambda answer: {"value": answer.get("rows", [])}) | lost,
        "python": found["python"].map(lambda answer: {"value": answer.get("value")}) | lost,
        "notify": st.just({"value": 200}) | lost,
        "": st.just(Arguments()) | lost,
    }


def _answers(result: str, built: Strategy) -> Strategy:
    """Of a web service."""
    return st.builds(
        lambda status, answer: {
            "result": result,
            "value": {"body": {}, **answer, "status": status},
        },
        st.sampled_from(_STATUSES[result]),
        built,
    )


def _built(paths: Mapping[str, st.SearchStrategy[Any]]) -> Strategy:
    """Something in which some of *paths* lead somewhere."""
    leaves = {path: st.none() | leaf for path, leaf in paths.items()}
    return st.fixed_dictionaries(leaves).map(
        lambda drawn: answer_with({path: leaf for path, leaf in drawn.items() if leaf is not None})
    )


def secrets_in(offer: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys that the caller may know because the story does: PINs, and what is remembered."""

    def texts(value: Any) -> Iterator[str]:
        match value:
            case Secret():
                yield value.reveal()
            case str():
                yield value
            case Mapping():
                for part in value.values():
                    yield from texts(part)

    given = texts({name: offer.get(name, {}) for name in ("secrets", "memory")})
    return tuple(sorted({text for text in given if text.isdecimal()}))

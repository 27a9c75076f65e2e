"""How a call can begin: at which moments it makes a difference, and what an operator has said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import CodeType
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ...engine.effects import Text
from ...engine.flow import Flow
from ...engine.schedule import NO_CLOSURES, NO_HOURS, NOTHING_SPECIAL, Schedule
from ...engine.state import Act, State
from ...testing.caller import is_called
from ...testing.simulated_call import MONDAY
from ..chart import chart

MOST = 12  # moments
WEEK = [timedelta(minutes=30 * step) for step in range(2 * 24 * 7)]
YEAR = [timedelta(days=day, hours=hour) for day in range(366) for hour in (0, 1, 17)]


class Rules(Protocol):
    """What decides by the time of day, as a `Schedule` does."""

    @property
    def zone(self) -> ZoneInfo | None:
        """Whose clocks count; None: those of the flow."""
        ...

    def decide(self, local: datetime) -> tuple[object, str]:
        """What it says of *local*, a moment in its zone."""
        ...


@dataclass(frozen=True, slots=True)
class Clock:
    """Whatever a function of the author's makes of the time."""

    zone: ZoneInfo | None = None

    def decide(self, local: datetime) -> tuple[object, str]:
        return local.weekday() < 5, f"{local:%m-%d %H}"


def offers(flow: Flow, arguments: Mapping[str, Any] | None = None) -> list[Mapping[str, Any]]:
    """What makes a difference to a call before it begins, as a story says it; the usual one first.

    *flow* is the one that is called; each of its schedules is met in each of its moods.
    """
    own = _arguments(flow) if arguments is None else arguments
    given: dict[str, Any] = {"arguments": own} if is_called(flow) else {}
    found: list[Mapping[str, Any]] = [given]
    rules = list(dict.fromkeys(each for each, _ in _all(flow)))
    zone = flow.zone or flow.house.zone
    seen = {_moods(rules, MONDAY, zone)}
    for at in _moments(flow) if rules else ():
        moods = _moods(rules, at, zone)
        if moods not in seen and len(found) < MOST:
            seen.add(moods)
            found.append({**given, "at": at})
    if any(isinstance(each, Clock) for each in rules):
        found.append({**given, "at": MONDAY - timedelta(hours=31)})
    for name in dict.fromkeys(name for _, name in _all(flow) if name):
        found += [{**given, "overrides": {name: said}} for said in ("open", "closed")]
    return found


def later(flow: Flow) -> dict[str, tuple[Rules, ...]]:
    """The schedules of *flow* that may be asked in a state, or in one that comes after it."""
    own = {name: {rules for rules, _ in _of(state)} for name, state in flow.states.items()}
    ways: dict[str, set[str]] = {name: set() for name in flow.states}
    for edge in chart(flow).edges:
        ways.setdefault(edge.source, set()).add(edge.target)
    changed = any(own.values())
    while changed:
        changed = False
        for name, targets in ways.items():
            more = own.setdefault(name, set()).union(*(own.get(each, set()) for each in targets))
            changed |= len(more) > len(own[name])
            own[name] = more
    return {name: tuple(sorted(rules, key=repr)) for name, rules in own.items() if rules}


def _arguments(flow: Flow) -> dict[str, Any]:
    """Something for each argument that has no default."""
    samples: dict[str, Any] = {
        "prompts": (Text("A question"),),
        "pairs": {"first": "1", "second": "2"},
        "text": "1234",
        "number": "3",
        "currency": "3",
        "yes/no": "yes",
        "secret": "secrets.pin",
        "date": "2025-04-01",
        "time": "10:00",
    }
    return {
        name: samples[each.type]
        for name, each in flow.arguments.items()
        if each.default is None and each.type in samples
    }


def _all(flow: Flow) -> Iterator[tuple[Rules, str]]:
    for each in flow.family():
        for state in each.states.values():
            yield from _own(each, state)


def _of(state: State) -> Iterator[tuple[Rules, str]]:
    """The schedules that *state* asks, in flows that it calls as well, and their names."""
    yield from _own(None, state)
    for flow in state.flows:
        yield from _all(flow)


def _own(flow: Flow | None, state: State) -> Iterator[tuple[Rules, str]]:
    if not state.does and _speaks_of(getattr(state.step, "__code__", None), "schedule"):
        yield Clock(), ""
    for act in state.does:
        if act.verb.name == "schedule":
            try:
                yield from _rules(flow, act)
            except KeyError:  # what a function gives it cannot be told
                yield Clock(), ""


def _rules(flow: Flow | None, act: Act) -> Iterator[tuple[Rules, str]]:
    given = act.arguments
    use, name = given.get("use", ""), given.get("name", "")
    if use:
        known = flow.house.schedules if flow else {}
        if use in known:
            yield known[use], use
        return
    yield (
        Schedule(
            given.get("open", NO_HOURS),
            given.get("zone"),
            given.get("special", NOTHING_SPECIAL),
            given.get("closed", ()),
            given.get("holidays"),
            given.get("calendar", NO_CLOSURES),
        ),
        name,
    )


def _speaks_of(code: CodeType | None, name: str) -> bool:
    return code is not None and name in (*code.co_names, *code.co_freevars)


def _moments(flow: Flow) -> Iterator[datetime]:
    """Round moments, in the zone of the flow: those of a week first, then days of the year."""
    zone = flow.zone or flow.house.zone
    monday = MONDAY.replace(tzinfo=zone)
    for after in (*WEEK, *YEAR):
        yield monday + after


def _moods(rules: list[Rules], at: datetime, zone: ZoneInfo) -> tuple[object, ...]:
    return tuple(each.decide(at.astimezone(each.zone or zone)) for each in rules)

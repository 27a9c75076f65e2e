"""What a flow says as a whole, before and now: not in any of its states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...engine.flow import Flow
from ...engine.handlers import Ladder
from ...engine.limits import DeadAir, MaxDuration
from ...engine.variables import Variable
from ...flowfile import static_prompts
from ..told import words
from .acts import parts
from .changes import Change, Kind, Said, between, differences
from .pair import Pair

Texts = Mapping[str, Mapping[str, str]]
"""What prompts say, by language and name."""
NO_TEXTS: Texts = {}


def of_flow(pair: Pair) -> Iterator[Change]:
    """Where its handlers lead, its limits, its names and its variables."""
    old, new, title = pair.old.flow, pair.new.flow, pair.new.prefix
    for name in ("start", "operator", "top", "on_error"):
        was, now = pair.name(getattr(old, name)) or None, getattr(new, name) or None
        side = new if now else old
        place = side.handler_places.get(name, side.place)
        yield from between("way", "", f"{title} {name}".lstrip(), was, now, place)
    before = {name: pair.name(target) for name, target in _rungs(old.handlers)}
    now_ = dict(_rungs(new.handlers))
    for name in dict.fromkeys((*now_, *before)):
        outcome = f"{title} handlers: {name}".lstrip()
        place = (new if name in now_ else old).place
        yield from between("way", "", outcome, before.get(name), now_.get(name), place)
    yield from differences(_said(old), _said(new), "", (old.place, new.place), title)


def schedules(old: Flow, new: Flow) -> Iterator[Change]:
    """Those of the settings that both name."""
    for name in sorted(_named(old) & _named(new)):
        before, now = old.house.schedules.get(name), new.house.schedules.get(name)
        if before is not None and now is not None:
            yield from between("schedule", "", name, words(before), words(now))


def texts(old: Flow, new: Flow, old_texts: Texts, new_texts: Texts) -> Iterator[Change]:
    """What the prompts say that both play."""
    both = {each for each in static_prompts(old) & static_prompts(new) if isinstance(each, str)}
    for language in sorted(old_texts.keys() & new_texts.keys()):
        before, now = old_texts[language], new_texts[language]
        for name in sorted(both & before.keys() & now.keys()):
            yield from between("prompt", "", f"{name} in {language}", before[name], now[name])


def _rungs(handlers: Mapping[str, Ladder]) -> Iterator[tuple[str, str]]:
    for name, steps in handlers.items():
        for rung, target in steps:
            yield (name if rung == 1 else f"{name}, {rung} times"), target


def _said(flow: Flow) -> Said:
    zone = flow.zone.key if flow.zone else ""
    simple = {
        "language": flow.language,
        "languages": ", ".join(flow.languages),
        "outcomes": ", ".join(flow.outcomes),
        "zone": zone,
    }
    found: list[tuple[str, Kind, str]] = [
        *parts("dead_air", flow.dead_air, DeadAir),
        *parts("max_duration", flow.max_duration, MaxDuration),
        *parts("universal", flow.universal),
        *(each for name, value in simple.items() for each in parts(name, value)),
        *_declared("argument", flow.arguments),
        *_declared("variable", flow.variables or {}),
        *((f"returns {name}", "flow", value) for name, value in flow.returns.items()),
    ]
    if flow.farewells:
        states = [name or "always" for name in flow.farewells]
        found.append(("on_hang_up", "flow", ", ".join(states)))
    return {name: ("flow" if kind == "step" else kind, told) for name, kind, told in found}


def _declared(what: str, variables: Mapping[str, Variable]) -> Iterator[tuple[str, Kind, str]]:
    for name, each in variables.items():
        value = "" if each.default is None else f", {words(each.default) or 'none'}"
        yield f"{what} {name}", "flow", f"{each.type}{value}"


def _named(flow: Flow) -> set[str]:
    """The schedules of the settings that its states use."""
    acts = (act for each in flow.family() for state in each.states.values() for act in state.does)
    found = set()
    for act in acts:
        if act.verb.name == "schedule":
            try:
                found.add(act.arguments.get("use", ""))
            except KeyError:
                continue
    return found

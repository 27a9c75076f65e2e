"""Handlers: where a flow goes on with what its states do not say, and when they fail.

They are looked up from the state outwards: what the state says, then what its flow says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .call import Call
from .errors import FlowError
from .phase import SOUND
from .speak import speak
from .state import State, Step

if TYPE_CHECKING:
    from .flow import Flow

APOLOGY = "sorry"  # the prompt that a caller hears when a flow breaks
SORRY = "(sorry)"  # the state that says so; no flow file can have such a name
FAILURES = ("failed", "timeout")  # outcomes that are errors where nobody says where they lead

Ladder = tuple[tuple[int, str], ...]
"""From the how-manieth time on an outcome leads to which state; the first is 1."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One way out of a state: `rung` is the number of times from which on it is taken.

    `possible`: whether the state may have this outcome.
    """

    outcome: str
    target: str
    rung: int = 1
    possible: bool = True


def ladder(given: str | Mapping[int, str]) -> Ladder:
    """*given* as steps, in order.  Raises `FlowError` unless one of them is the first time."""
    if isinstance(given, str):
        return ((1, given),)
    steps = tuple(sorted(given.items()))
    if not steps or steps[0][0] != 1:
        raise FlowError("a handler that counts begins with 1, such as {1: menu, 3: operator}")
    return steps


def arrows(flow: Flow, state: State) -> Iterator[Arrow]:
    """Every way out of *state*: its own, and those of handlers for what it leaves to them."""
    for outcome, target in state.on.items():
        yield Arrow(outcome, target)
    for outcome, steps in _handlers(flow, state.on_error).items():
        if outcome not in state.on:
            possible = bool(state.on) if state.left is None else outcome in state.left
            for least, target in steps:
                yield Arrow(outcome, target, least, possible)


def targets(flow: Flow, state: State, outcome: str) -> set[str]:
    """The states that *outcome* of *state* may lead to."""
    return {arrow.target for arrow in arrows(flow, state) if arrow.outcome == outcome}


def handled(flow: Flow, on_error: str = "") -> set[str]:
    """The outcomes that a state of *flow*, with *on_error*, need not say anything about."""
    return set(_handlers(flow, on_error))


def _handlers(flow: Flow, on_error: str) -> dict[str, Ladder]:
    failing = {outcome: ladder(on_error) for outcome in FAILURES if on_error}
    failed = {outcome: ladder(flow.on_error) for outcome in FAILURES if flow.on_error}
    return failed | flow.handlers | failing


def handler_targets(flow: Flow) -> Iterator[tuple[str, str]]:
    """Where the handlers of *flow* lead, by name."""
    for outcome, steps in flow.handlers.items():
        for _, target in steps:
            yield f"handlers: {outcome}", target
    for name, target in (
        ("on_error", flow.on_error),
        ("operator", flow.operator),
        ("top", flow.top),
    ):
        if target:
            yield name, target


def error_handler(flow: Flow, state: str, call: Call) -> str:
    """The state that goes on after an error in *state*; empty: the call ends."""
    if call.over or not call.rescues:
        return ""
    broken = flow.states.get(state)
    found = (broken.on_error if broken is not None else "") or flow.on_error
    if not found and flow.operator and call.phase in SOUND.phases:
        return SORRY
    return found


async def apologise(call: Call) -> str:
    """What a caller hears before he is given to an operator."""
    await speak(call, (APOLOGY,), "none")
    return "done"


def farewell_of(flow: Flow, state: str) -> Step | None:
    """What is to be done after a call that ended in *state*."""
    return flow.farewells.get(state, flow.farewells.get(""))

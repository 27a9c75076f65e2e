"""Run scenario files against a real server: what ``ivr test --sip`` does, as data."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ..config import Settings
from ..config.routing import files_of
from ..engine.errors import LoadError
from ..engine.flow import Flow
from ..engine.house import House
from ..flowfile import static_prompts
from ..sip.caller import Address, caller
from ..testing.caller import is_called
from ..testing.run import Report, find
from ..testing.scenario import Scenario, ScenarioResult, load_scenarios
from ..testing.steps import Step
from .phoned_call import GOODBYE, Otherwise, PhonedCall
from .rehearsal import ONLY_SIMULATED, Cue, Rehearsal, as_of, rehearse
from .sounds import Sounds

SEEN = frozenset(
    {
        "hears", "is_asked", "presses", "waits", "leaves_a_message", "hangs_up", "is_rung",
        "is_in_early_media", "is_rejected_with", "is_redirected_to", "is_over",
    }
)  # fmt: skip
"""Sentences that a phone can do or observe."""
BEHIND = frozenset(
    {
        "has", "goes_through", "is_in", "has_left_messages", "has_in_mailbox", "is_recorded",
        "goes_well",
        "is_sent_digits", "listens_for", "does_not_listen",
    }
)  # fmt: skip
"""Those that only look behind the scenes: a call goes on without them.  All others decide."""
ANYBODY = "100"  # who is called where nothing else is said, as in a simulated call


FULL = 503
TRIES, PAUSE = 8, 5.0  # calls while the server is full, and seconds between them


class _Busy(Exception):
    """The server has no room for the call at the moment."""


class Phoning:
    """Tells stories by calls to *target*.

    *numbers*: the one that leads to each flow.  Without *sounds* no prompt is recognised.
    """

    def __init__(self, target: Address, sounds: Sounds | None, numbers: Mapping[Path, str]) -> None:
        self._target = target
        self._sounds = sounds
        self._numbers = numbers

    def tell(self, scenario: Scenario, flow: Flow, path: Path) -> ScenarioResult:
        """Tell a story to its end, or as far as a phone can."""
        told = rehearse(scenario, flow, scenario.steps)
        if told.fault:
            step = scenario.steps[len(told.steps)]
            fault = told.fault
            return ScenarioResult(
                scenario.name, path, step.place, False, told.seconds,
                f"also in a simulated call: {fault.sentence}", fault.transcript, fault.events,
            )  # fmt: skip
        steps, stop = _as_far_as_possible(scenario)
        if scenario.offer.get("direction") == "out":
            return _not_told(
                scenario, path, scenario.steps[0], "it is about a call of the server's"
            )
        if is_called(flow):
            why = "it is about a flow that others call, and no number leads to it"
            return _not_told(scenario, path, scenario.steps[0], why)
        # Nothing is remembered of who has never called, as in a simulated call.
        stranger = f"+1555{secrets.randbelow(10**7):07}" if told.remembers else ""
        now = rehearse(as_of(datetime.now(UTC), scenario, stranger), flow, steps)
        if now.fault:
            step = steps[len(now.steps)]
            given = [key for key in ONLY_SIMULATED if key in scenario.offer] or ["at"]
            why = f"it needs its own {', '.join(given)}; as things are, {now.fault.sentence}"
            return _not_told(scenario, path, step, why)
        known = [*now.sounds, *(Cue(-1, prompt, flow.language) for prompt in static_prompts(flow))]
        known += self._sounds.named(flow.language) if self._sounds else []
        if stranger and "caller" not in scenario.offer:
            scenario = replace(scenario, offer={**scenario.offer, "caller": stranger})
        for calls in range(TRIES):
            time.sleep(PAUSE if calls else 0.0)
            with suppress(_Busy):
                return asyncio.run(self._phone(scenario, path, now, known, stop))
        why = f"the server refused {TRIES} calls with 503, {PAUSE:g} s apart: it is full"
        return ScenarioResult(scenario.name, path, scenario.place, False, 0.0, why)

    async def _phone(
        self, scenario: Scenario, path: Path, rehearsal: Rehearsal, known: Sequence[Cue],
        stop: Step | None,
    ) -> ScenarioResult:  # fmt: skip
        offer = scenario.offer
        number = offer.get("dialled") or self._numbers.get(path.resolve(), ANYBODY)
        user, headers = offer.get("caller", "+15550100"), offer.get("headers", {})
        skipped = [key for key in ONLY_SIMULATED if key in offer]
        try:
            async with caller(self._target, number, user, headers) as line:
                call = PhonedCall(line, self._sounds, known)
                line.invite()
                for each in rehearsal.steps:
                    if each.step.name not in SEEN:
                        skipped.append(f"{each.step.name} (line {each.step.place.line})")
                        continue
                    try:
                        await call.tell(each)
                    except Otherwise as otherwise:
                        if line.status == FULL and each.step.name != "is_rejected_with":
                            raise _Busy from None
                        transcript = tuple(call.transcript())
                        seconds = call.seconds
                        await line.hang_up(GOODBYE)
                        return ScenarioResult(
                            scenario.name, path, each.step.place, False, seconds,
                            str(otherwise), transcript,
                            not_looked_at=(*skipped, *call.notes),
                        )  # fmt: skip
                await line.hang_up(GOODBYE)
        except OSError as error:
            why = f"no way to {self._target[0]}:{self._target[1]}: {error.strerror or error}"
            return ScenarioResult(scenario.name, path, scenario.place, False, 0.0, why)
        not_looked_at = (*skipped, *call.notes)
        if stop is not None:
            why = f"{stop.name} is decided by a simulated call only; what comes before it came true"
            return _not_told(scenario, path, stop, why, call.seconds, not_looked_at)
        return ScenarioResult(
            scenario.name, path, scenario.place, True, call.seconds, not_looked_at=not_looked_at
        )


def _as_far_as_possible(scenario: Scenario) -> tuple[tuple[Step, ...], Step | None]:
    """The steps before the first that no phone can tell, and that step where others follow it."""
    for at, step in enumerate(scenario.steps):
        if step.name not in SEEN | BEHIND or step.named.get("ends_with") == "failure":
            follow = any(later.name not in BEHIND for later in scenario.steps[at + 1 :])
            return (scenario.steps[:at], step) if follow else (scenario.steps, None)
    return scenario.steps, None


def _not_told(
    scenario: Scenario, path: Path, step: Step, why: str, seconds: float = 0.0,
    not_looked_at: tuple[str, ...] = (),
) -> ScenarioResult:  # fmt: skip
    return ScenarioResult(
        scenario.name, path, step.place, False, seconds, not_told=why, not_looked_at=not_looked_at
    )


def run(
    paths: Iterable[str | Path],
    target: Address,
    settings: Settings | None = None,
    prompts: Collection[str] | None = None,
    told: Callable[[ScenarioResult], None] = lambda result: None,
    house: House | None = None,
) -> Report:
    """Tell the scenarios that *paths* stand for, one call after the other.  Never raises.

    Each is told of the first of its flows: the server knows which it serves.  *settings*: of
    the project that is served; *prompts*: names of its prompts; *house*: what it gives to flows.
    """
    report = Report(real=True)
    try:
        files = find(paths)
    except LoadError as error:
        report.faults += error.faults
        return report
    sounds = Sounds(settings) if settings else None
    phoning = Phoning(target, sounds, _numbers(settings))
    try:
        for file in files:
            try:
                loaded = load_scenarios(file, prompts, house)
            except LoadError as error:
                report.faults += [f for f in error.faults if f not in report.faults]
                continue
            for scenario in loaded.scenarios:
                path, flow = next(iter(loaded.flows.items()))
                result = phoning.tell(scenario, flow, path)
                report.results.append(result)
                told(result)
    finally:
        if sounds:
            sounds.close()
    return report


def _numbers(settings: Settings | None) -> dict[Path, str]:
    """A number that leads to each flow, if one does that is no pattern."""
    routes = settings.routes.items() if settings else ()
    exact = [(number, route) for number, route in routes if not number.endswith("*")]
    return {file.resolve(): number for number, route in exact for file in files_of(route)}

"""What was done in a call so far, in the words of stories, and doing it again.

A session is a coroutine and cannot be copied.  So a branch is walked by a new call with the same
beginning: the same offer, the same steps.  Since time is an argument it goes the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ...engine.flow import Flow
from ...testing.scenario import STEPS
from ...testing.simulated_call import SimulatedCall

HUNDREDTHS = 100  # of a second: stories have readable times


@dataclass(frozen=True, slots=True)
class Told:
    """One step of a story: its name, and what it is given."""

    step: str
    given: Mapping[str, Any] = field(default_factory=dict)

    def tell(self, call: SimulatedCall) -> None:
        """Let it happen."""
        given = dict(self.given)
        STEPS[self.step](call, *given.pop("states", ()), **given)


@dataclass(frozen=True, slots=True)
class Path:
    """How a call begins (`offer`) and what happens in it (`steps`)."""

    offer: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Told, ...] = ()

    def then(self, *steps: Told) -> Path:
        return Path(self.offer, (*self.steps, *steps))

    def begin(self, flow: Flow) -> SimulatedCall:
        """A call to *flow* in which all this has happened."""
        call = SimulatedCall(flow, **self.offer)
        for step in self.steps:
            step.tell(call)
        return call


def wait(call: SimulatedCall, since: float, happened: bool) -> tuple[Told, ...]:
    """The step that takes a call from *since* to now, or a little later; lets that pass.

    *happened*: something did meanwhile, even if it took no time.
    """
    hundredths = ceil((call.now - since) * HUNDREDTHS - 1e-6)
    hundredths += since + hundredths / HUNDREDTHS < call.now
    hundredths = max(hundredths, int(happened))
    if hundredths <= 0:
        return ()
    seconds = hundredths / HUNDREDTHS
    call.line.pass_until(since + seconds)
    return (Told("waits", {"seconds": seconds}),)

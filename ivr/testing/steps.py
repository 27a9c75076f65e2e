"""The steps of stories: what the caller and the world do, and what must be true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engine.state import NOWHERE, Place
from ..flowfile.bind import signature_of
from .in_yaml import in_yaml, number
from .simulated_call import SimulatedCall

STEPS: dict[str, Callable[..., SimulatedCall]] = {
    step.__name__: step
    for step in (
        SimulatedCall.is_answered,
        SimulatedCall.is_not_answered,
        SimulatedCall.hears,
        SimulatedCall.is_asked,
        SimulatedCall.presses,
        SimulatedCall.says,
        SimulatedCall.mumbles,
        SimulatedCall.is_unheard,
        SimulatedCall.listen_fails,
        SimulatedCall.listens_for,
        SimulatedCall.does_not_listen,
        SimulatedCall.waits,
        SimulatedCall.leaves_a_message,
        SimulatedCall.hangs_up,
        SimulatedCall.is_moved_to,
        SimulatedCall.is_interrupted_with,
        SimulatedCall.is_dismissed,
        SimulatedCall.is_rung,
        SimulatedCall.is_in_early_media,
        SimulatedCall.is_sent_digits,
        SimulatedCall.is_transferred_to,
        SimulatedCall.is_screened_as,
        SimulatedCall.waits_for,
        SimulatedCall.has_no_memory,
        SimulatedCall.has_no_voice,
        SimulatedCall.is_redirected_to,
        SimulatedCall.is_rejected_with,
        SimulatedCall.is_over,
        SimulatedCall.ends_with,
        SimulatedCall.is_in,
        SimulatedCall.goes_through,
        SimulatedCall.has,
        SimulatedCall.has_left_messages,
        SimulatedCall.has_in_mailbox,
        SimulatedCall.is_recorded,
        SimulatedCall.goes_well,
    )
}
_SECONDS = ("after", "beep", "every", "seconds", "talk")
"""What steps are given in seconds."""


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of a story, what it is given, and where it stands.

    It is the name of a method of `SimulatedCall`; `positional` is what that takes as a list.
    """

    name: str
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)

    def tell(self, call: SimulatedCall) -> None:
        """Let it happen.  Raises `StoryError`."""
        STEPS[self.name](call, *self.positional, **self.named)

    def __str__(self) -> str:
        """``presses: "12"``, as a file has it."""
        taken = signature_of(STEPS[self.name])
        given = {name: _timed(name, value) for name, value in self.named.items()}
        if taken.rest and self.positional:
            one, *more = self.positional
            given = {taken.rest.name: [one, *more] if more else one, **given}
        if not given:
            return self.name
        if list(given) == list(taken.parameters)[:1] and not taken.pairs:
            alone = in_yaml(*given.values())
            # To a step that takes no list, what stands in braces are pairs.
            if taken.rest or not alone.startswith("{"):
                return f"{self.name}: {alone}"
        return f"{self.name}: {in_yaml(given)}"


def sentence(name: str, /, *positional: Any, **named: Any) -> Step:
    """The step of this *name*, which is told in Python as it is called."""
    return Step(name, positional, named)


def _timed(name: str, value: Any) -> Any:
    is_time = name in _SECONDS and isinstance(value, int | float)
    return f"{number(value)} s" if is_time else value

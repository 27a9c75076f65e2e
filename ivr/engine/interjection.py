"""What is said in between: an operator's prompt, or that the call will soon be over.

It is heard in place of what else plays, which goes on after it, and the time of steps stands still.
"""

from __future__ import annotations

from .call import Call
from .effects import Play, Prompt, Stop
from .limits import CallTime
from .phase import SOUND
from .step_clock import StepClock


class Interjection:
    """The one that runs, if any: `id` is that of its playback, or 0."""

    __slots__ = ("_call", "_clock", "_time", "id")

    def __init__(self, call: Call, clock: StepClock, time: CallTime) -> None:
        self._call = call
        self._clock = clock
        self._time = time
        self.id = 0

    def begin(self, prompts: tuple[Prompt, ...], now: float) -> None:
        """Play *prompts*, in place of those of another one that runs."""
        call = self._call
        if call.phase not in SOUND.phases:
            return call.note("not_played", "the call is not answered")
        if self.id:
            call.emit(Stop(self.id))
        self.id = call.new_id()
        call.emit(Play(self.id, prompts, call.language, over=True))
        self._clock.halt(now)
        self._time.hold_warning()

    def cut(self, now: float) -> None:
        """It has not come to its end."""
        self._call.emit(Stop(self.id))
        self._call.note("playback_without_end", "of an operator's prompt")
        self.end(now)

    def end(self, now: float) -> None:
        """It is over, or the call is: time goes on."""
        self.id = 0
        self._call.delayed(self._clock.go_on(now))
        self._time.go_on()

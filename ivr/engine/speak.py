"""Play prompts to the end, or to the point where the caller cuts in."""

from __future__ import annotations

from .call import Call
from .effects import Play, Prompt, Stop
from .events import Digit, PlayDone, SpeechStarted, Tick
from .phase import SOUND
from .verb import BargeIn

LONGEST_PLAYBACK = 600.0  # seconds; the line reports the end long before


class Playback:
    """A running playback; knows how much of it the caller heard."""

    __slots__ = ("_call", "_since", "id", "running")

    def __init__(self, call: Call, prompts: tuple[Prompt, ...]) -> None:
        call.require(SOUND)
        self._call = call
        self._since = call.now
        self.id = call.new_id()
        self.running = True
        call.emit(Play(self.id, call.rendered(prompts), call.language))

    def done(self, event: object) -> bool:
        """Whether *event* is the end of this playback."""
        if self.running and isinstance(event, PlayDone) and event.id == self.id:
            self.running = False
            return True
        return False

    def stop(self, why: str = "") -> None:
        """Stop it, if it still runs; *why* goes into the journal."""
        if self.running:
            self.running = False
            self._call.emit(Stop(self.id))
            if why:
                self._call.note(why, f"after {self._call.now - self._since:.2f} s")


async def speak(call: Call, prompts: tuple[Prompt, ...], barge_in: BargeIn) -> None:
    """Play *prompts*; return at their end, or at once when the caller cuts in.

    Keys stay in the type-ahead buffer, except with ``none``, where they are dropped at the end.
    """
    if barge_in == "any" and call.keys:
        return call.note("barge_in", "before the first sound")
    if not prompts:
        return
    playback = Playback(call, prompts)
    until = call.now + LONGEST_PLAYBACK
    try:
        while not playback.done(event := await call.next_event(until)):
            match event:
                case Digit() if barge_in == "any" and call.keys:
                    return playback.stop("barge_in")
                case SpeechStarted() if barge_in == "speech":
                    return playback.stop("barge_in")
                case Tick():
                    return playback.stop("playback_without_end")
    finally:
        playback.stop()
        if barge_in == "none":
            call.keys.clear()

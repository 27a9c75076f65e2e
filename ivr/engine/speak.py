"""Play prompts to the end, or to the point where the caller cuts in."""

from __future__ import annotations

from .call import Call
from .effects import Listen, Play, Prompt, Stop, Unlisten
from .events import Digit, ListenFailed, PlayDone, SpeechStarted, Tick
from .phase import SOUND
from .verb import BargeIn

LONGEST_PLAYBACK = 600.0  # seconds; the line reports the end long before
SHORTEST_ROUND = 0.1  # seconds; what is over sooner cannot be heard


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

    @property
    def heard(self) -> bool:
        """Whether it has lasted for long enough to be heard, and to be worth repeating."""
        return self._call.now >= self._since + SHORTEST_ROUND

    def stop(self, why: str = "") -> None:
        """Stop it, if it still runs; *why* goes into the journal."""
        if self.running:
            self.running = False
            self._call.emit(Stop(self.id))
            if why:
                self._call.note(why, f"after {self._call.now - self._since:.2f} s")


async def speak(
    call: Call, prompts: tuple[Prompt, ...], barge_in: BargeIn, seconds: float | None = None
) -> None:
    """Play *prompts*; return at their end, or at once when the caller cuts in.

    With *seconds* they are played again and again for so long.  Keys stay in the type-ahead buffer,
    except with ``none``, where they are dropped at the end.  With ``speech`` it is noticed that the
    caller speaks, and not what he says.
    """
    if barge_in == "any" and call.keys:
        return call.note("barge_in", "before the first sound")
    if not prompts:
        return
    until = call.now + (seconds or LONGEST_PLAYBACK)
    call.require(SOUND)
    if barge_in == "speech":
        call.emit(Listen())
    try:
        if seconds is None:
            await _play(call, prompts, barge_in, until, "playback_without_end")
            return
        while call.now < until and await _play(call, prompts, barge_in, until):
            pass
    finally:
        if barge_in == "speech":
            call.emit(Unlisten())
        if barge_in == "none":
            call.keys.clear()


async def _play(
    call: Call, prompts: tuple[Prompt, ...], barge_in: BargeIn, until: float, late: str = ""
) -> bool:
    """Play *prompts* once, and not beyond *until*; whether it is worth while to do so again."""
    playback = Playback(call, prompts)
    try:
        while not playback.done(event := await call.next_event(until)):
            match event:
                case Digit() if barge_in == "any" and call.keys:
                    playback.stop("barge_in")
                    return False
                case SpeechStarted() if barge_in == "speech":
                    playback.stop("barge_in")
                    return False
                case ListenFailed(reason) if barge_in == "speech":
                    call.note("listen_failed", reason)
                case Tick():
                    playback.stop(late)
                    return False
    finally:
        playback.stop()
    return playback.heard

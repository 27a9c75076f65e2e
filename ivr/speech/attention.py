"""Attention to one caller's sound: whether he speaks, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..engine.effects import Listen
from ..engine.events import Event, SpeechStarted
from .turn import Sounds, Turning, Turns
from .voice_activity import FRAME_BYTES, VoiceActivity

Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Activity:
    """See `VoiceActivity`."""

    mode: int = 2
    floor: float = -50.0


USUAL = Activity()


class Attention:
    """The turns of one caller, by his sound; a tone in it is no voice."""

    def __init__(self, listen: Listen, activity: Activity) -> None:
        self._activity = VoiceActivity(activity.mode, activity.floor)
        self.turns = Turns(
            listen.begins_after, listen.end_silence, listen.incomplete_silence, listen.longest
        )

    def hear(self, sound: bytes, tone: bool, complete: bool) -> Turning | None:
        """What 20 ms mean; `complete`: whether what was said so far may be all."""
        sounds: Sounds = "tone" if tone else "silence"
        if not tone and self._activity.is_voice(sound):
            sounds = "voice"
        return self.turns.hear(sounds, complete)


class Noticing:
    """One call, from a `Listen` without words to `Unlisten`: that somebody speaks is all it tells.

    It needs no recogniser.  Everything here is of the line's thread.
    """

    def __init__(self, listen: Listen, tell: Tell, activity: Activity) -> None:
        self._attention = Attention(listen, activity)
        self._tell: Tell | None = tell

    def feed(self, sound: bytes, tone: bool) -> None:
        """See `Hearing`."""
        if self._tell is None or len(sound) != FRAME_BYTES:
            return
        if self._attention.hear(sound, tone, complete=True) == "begins":
            self._tell(SpeechStarted())

    def close(self) -> None:
        """Nothing is told after this."""
        self._tell = None

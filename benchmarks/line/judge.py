"""Whether a call did what its job says, and how soon the caller heard it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .capture import Call, Key
from .ear import FRAME, Heard
from .plan import KEY
from .prompts import PACKET, PROMPTS, RATE

COMPLETE = 0.95


@dataclass(slots=True)
class Verdicts:
    """What was found in the calls of a run; times in ns."""

    key_to_sound: list[int] = field(default_factory=list)
    """From the first packet of the key to the first of prompt `b`."""
    complete: list[float] = field(default_factory=list)
    """How much was heard of each prompt `b` or `hold`, 1 for all."""
    invalid: int = 0
    """Calls in which the prompt `invalid` was heard."""

    def menu(self, call: Call, heard: Sequence[Heard], keys: Sequence[Key]) -> str:
        """Why a call of job M failed; empty: it did not."""
        pressed = next((key.at for key in keys if key.code == KEY), None)
        if pressed is None:
            return "the caller sent no key"
        if not any(each.prompt == "a" and each.at < pressed for each in heard):
            return "prompt a not heard before the key"
        told_wrong = any(each.prompt == "invalid" for each in heard)
        self.invalid += told_wrong
        if any(key.code != KEY for key in keys) and not told_wrong:
            return "prompt invalid not heard after a wrong key"
        b = [each.at for each in heard if each.prompt == "b" and each.at > pressed]
        if not b:
            return "prompt b not heard"
        self.key_to_sound.append(b[0] - pressed)
        seconds = len(b) * PACKET / RATE
        self.complete.append(seconds / PROMPTS["b"][1])
        if call.by != "server":
            return "no BYE from the server"
        if seconds < COMPLETE * PROMPTS["b"][1]:
            return "prompt b cut short"
        if any(each.prompt == "a" and each.at > b[0] for each in heard):
            return "prompt a heard after b"
        return ""

    def hold(self, call: Call, heard: Sequence[Heard]) -> str:
        """Why a call of job H failed; empty: it did not."""
        sounds = [each.at for each in heard if each.prompt == "hold"]
        if not sounds:
            return "prompt hold not heard"
        if call.by == "nobody":
            return "no BYE"
        due = (call.ended - sounds[0]) / FRAME
        self.complete.append(min(1.0, len(sounds) / due) if due > 1 else 0.0)
        if call.by == "server":
            return "the server hung up"
        if not call.end_confirmed:
            return "BYE not answered"
        return "" if self.complete[-1] > COMPLETE else "under 95 % of prompt hold heard"

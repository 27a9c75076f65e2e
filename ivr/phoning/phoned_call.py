"""A real call, told from the caller's side: each method is a sentence of a story."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ..engine.effects import Tone as TonePrompt
from ..sip.caller import Caller
from ..sip.message import header_lines
from ..sip.rtp import SILENCE, TONE
from ..sip.sound import RATE
from ..testing.transcript import clock, named
from .ear import Samples, find, heard, of_pcmu, seconds_loud
from .rehearsal import Cue, Rehearsed
from .sounds import Sounds

PATIENCE = 8.0  # seconds of silence, beyond those of the rehearsal, that a story waits
REFUSED = 2.0  # the same, where the network says that nobody is there
LONGEST = 300.0  # seconds that it listens to other things
OTHER = 2.5  # seconds of other sound that are another prompt; less is the rest of the last one
POLL = 0.1  # seconds
GOODBYE = 4.0  # seconds for the answer to our BYE
KEY = 0.16  # seconds that a key takes
_CONTACT = re.compile(r"<([^>]*)>")


class Otherwise(Exception):
    """The call went otherwise than its story."""


class PhonedCall:
    """The sentences of a story that a phone can do or observe.

    Without *sounds* it is only heard whether there is sound at all; `notes` says of which sentences
    that is so.
    """

    def __init__(self, call: Caller, sounds: Sounds | None, known: Sequence[Cue] = ()) -> None:
        self.notes: list[str] = []
        self.did: list[tuple[float, str]] = []
        self._call = call
        self._sounds = sounds
        self._known = known
        self._now = asyncio.get_running_loop().time
        self._began = self._now()
        self._past = 0  # the sample up to which the story was told
        self._at: dict[int, int] = {}  # where the sounds begin that were found
        self._hung_up = False

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return self._now() - self._began

    @property
    def over(self) -> bool:
        """Whether the call is gone."""
        return self._hung_up or self._call.gone or self._call.status >= 300

    async def tell(self, rehearsed: Rehearsed) -> None:
        """Let a step happen.  Raises `Otherwise`."""
        step = rehearsed.step
        sentence: Callable[..., Awaitable[None]] = getattr(self, step.name)
        if step.name in ("hears", "is_asked", "leaves_a_message", "is_over"):
            await sentence(rehearsed, **_named(rehearsed))
        else:
            await sentence(*step.positional, **step.named)

    # -- what the caller hears ---------------------------------------------------------------------

    async def hears(self, rehearsed: Rehearsed) -> None:
        for cue in rehearsed.cues:
            await self._hear_to_the_end(cue, rehearsed.took)

    async def is_asked(self, rehearsed: Rehearsed) -> None:
        for cue in rehearsed.cues[:-1]:
            await self._hear_to_the_end(cue, rehearsed.took)
        for cue in rehearsed.cues[-1:]:
            if cue.number not in self._at:
                await self._comes(cue, rehearsed.took)

    # -- what the caller does ----------------------------------------------------------------------

    async def presses(self, keys: str, every: float = 0.25) -> None:
        await self._wait(lambda: self._has_sound_both_ways, f"to press {keys}")
        for key in keys:
            self._is_there(f"press {key}")
            self._note(f"presses {key}")
            self._past = max(self._past, self._end)
            self._call.press(key)
            await asyncio.sleep(max(every, KEY))

    async def waits(self, seconds: float) -> None:
        if not self.over:
            await asyncio.sleep(seconds)

    async def leaves_a_message(
        self, rehearsed: Rehearsed, seconds: float, ends_with: str = "#"
    ) -> None:
        if rehearsed.tone is not None and rehearsed.tone.number not in self._at:
            await self._hear_to_the_end(rehearsed.tone, rehearsed.took - seconds)
        self._is_there("leave a message")
        self._note(f"speaks for {seconds:g} s")
        self._call.speak(TONE)
        await self._call.until(lambda: self.over, seconds)
        self._call.speak(SILENCE)
        if ends_with == "hang_up":
            await self.hangs_up()
        elif ends_with != "silence":
            await self.presses(ends_with)

    async def hangs_up(self) -> None:
        self._is_there("hang up")
        self._note("hangs up")
        await self._call.hang_up(GOODBYE)
        self._hung_up = True

    # -- where the caller ends up ------------------------------------------------------------------

    async def is_rung(self, code: int = 180) -> None:
        await self._wait(lambda: code in self._call.told, f"to be told {code}")

    async def is_in_early_media(self) -> None:
        what = "to hear before the answer"
        await self._wait(lambda: self._call.early or self._call.status > 0, what)
        if not self._call.early:
            raise Otherwise(f"expected {what}; {self._end_in_words()}")

    async def is_rejected_with(self, code: int, reason: str | None = None) -> None:
        wanted = f"to be rejected with {code} {reason or ''}".rstrip()
        await self._is_refused(wanted)
        found = self._call.answer.splitlines()[0].split(" ", 2)[2:]
        if self._call.status != code or (reason is not None and [reason] != found):
            raise Otherwise(f"expected {wanted}; {self._end_in_words()}")

    async def is_redirected_to(self, *to: str, code: int = 302) -> None:
        wanted = f"to be redirected to {', '.join(to)} with {code}"
        await self._is_refused(wanted)
        if self._call.status != code or self._contacts() != [_bare(contact) for contact in to]:
            raise Otherwise(f"expected {wanted}; {self._end_in_words()}")

    async def is_over(self, rehearsed: Rehearsed, by: str | None = None) -> None:
        await self._wait(lambda: self.over, "the call to be over", rehearsed.took)
        who = "caller" if self._hung_up else "flow"
        if by in ("flow", "caller") and by != who:
            raise Otherwise(f"expected the call to be ended by the {by}; it was by the {who}")

    # -- how it is found out -----------------------------------------------------------------------

    async def _comes(self, cue: Cue, took: float) -> None:
        """Wait until the prompt begins; what is heard in its place is told."""
        wanted = f"to hear {named(cue.prompt)}"
        sound = self._sound_of(cue)
        if sound is None:
            await self._there_is_sound(cue, wanted, took)
            return
        since = self._past
        began, searched = self._end, since
        while True:
            ear = self._ear(searched)
            place = find(sound, ear)
            if place is not None:
                break
            searched = max(searched, self._end - len(sound) - RATE)
            # What was over before the story came here is not spoken of any more.
            other = seconds_loud(self._ear(max(since, began)))
            if other > OTHER and not cue.passed and not isinstance(cue.prompt, TonePrompt):
                await asyncio.sleep(1.0)  # to hear enough of it to say what it is
                raise Otherwise(f"expected {wanted}; {self._heard_since(since)}")
            await self._go_on(wanted, since, took)
        self._at[cue.number] = searched + place
        self._past = searched + place

    async def _hear_to_the_end(self, cue: Cue, took: float) -> None:
        if cue.number not in self._at:
            await self._comes(cue, took)
        sound = self._sound_of(cue)
        if sound is None:
            return
        begin = self._at[cue.number]
        await self._call.until(lambda: self._end >= begin + len(sound) + RATE // 50 or self.over,
                               len(sound) / RATE + 1.0)  # fmt: skip
        followed = heard(sound, self._ear(begin))
        self._past = max(self._past, begin + followed)
        if followed < len(sound) - RATE // 10:
            rest = seconds_loud(self._ear(begin + followed + RATE // 5))
            how = f"goes on otherwise, with {rest:.1f} s of sound" if rest > 0.2 else "is cut off"
            part = f"{followed / RATE:.1f} s of {len(sound) / RATE:.1f} s"
            wanted = f"to hear {named(cue.prompt)} to its end"
            raise Otherwise(f"expected {wanted}; after {part} it {how}")

    async def _there_is_sound(self, cue: Cue, wanted: str, took: float) -> None:
        self.notes.append(f"{named(cue.prompt)} (only that there is sound)")
        since = self._past
        while seconds_loud(self._ear(since)) < 0.1:
            await self._go_on(wanted, since, took)
        self._at[cue.number] = since

    async def _go_on(self, wanted: str, since: int, took: float) -> None:
        """Let time pass, unless there is nothing to be waited for any more."""
        if self.over:
            heard = f"{self._heard_since(since)}, and " if seconds_loud(self._ear(since)) else ""
            raise Otherwise(f"expected {wanted}; {heard}{self._end_in_words()}")
        if self._silence > self._patience(took) or self._end - since > LONGEST * RATE:
            raise Otherwise(f"expected {wanted}; {self._heard_since(since)}")
        await asyncio.sleep(POLL)

    async def _wait(self, holds: Callable[[], bool], what: str, took: float = 0.0) -> None:
        """Wait for something that is no sound."""
        since, began = self._past, self._now()
        while not holds():
            if self.over:
                raise Otherwise(f"expected {what}; {self._end_in_words()}")
            quiet = min(self._silence, self._now() - began)
            if quiet > self._patience(took) or self._now() - began > LONGEST:
                raise Otherwise(f"expected {what}; {self._heard_since(since)}")
            await asyncio.sleep(POLL / 5)

    async def _is_refused(self, wanted: str) -> None:
        await self._wait(lambda: self._call.status > 0, wanted)

    @property
    def _has_sound_both_ways(self) -> bool:
        return 200 <= self._call.status < 300 or self._call.early

    @property
    def _end(self) -> int:
        return len(self._call.received.sound)

    @property
    def _silence(self) -> float:
        """Seconds since there was sound, or since the call began."""
        return self._now() - max(self._began, self._call.heard.last)

    def _patience(self, took: float) -> float:
        unreachable = self._call.trouble and not self._call.told and not self._call.status
        return REFUSED if unreachable else PATIENCE + took

    def _sound_of(self, cue: Cue) -> Samples | None:
        return self._sounds.of(cue) if self._sounds else None

    def _ear(self, first: int) -> Samples:
        return of_pcmu(self._call.received.sound[max(0, first) :])

    def _is_there(self, what: str) -> None:
        if self.over:
            raise Otherwise(f"expected to {what}; {self._end_in_words()}")

    def _note(self, what: str) -> None:
        self.did.append((self.seconds, what))

    def _end_in_words(self) -> str:
        call = self._call
        if self._hung_up:
            return "the caller has hung up"
        if call.gone:
            return "the line hung up"
        if not call.status:
            return (
                f"the call has no answer: {call.trouble or ('it rings' if call.rang else 'none')}"
            )
        if call.status < 300:
            return "the call is answered"
        what = call.answer.splitlines()[0].removeprefix("SIP/2.0 ")
        to = f" to {', '.join(self._contacts())}" if call.status < 400 else ""
        return f"the call is refused{to}: {what}"

    def _contacts(self) -> list[str]:
        lines = [v for name, v in header_lines(self._call.answer) if name == "contact"]
        return [_bare(contact) for line in lines for contact in line.split(",")]

    def _heard_since(self, since: int) -> str:
        """What was to be heard from there on, in words."""
        sound = self._ear(since)
        if not self._call.status and not self._call.early:
            return self._end_in_words()
        if not seconds_loud(sound):
            return f"nothing was heard for {len(sound) / RATE:.0f} s"
        found = self.recognised(since)
        if found:
            return "heard " + ", ".join(named(cue.prompt) for _, cue in found)
        return f"heard {seconds_loud(sound):.1f} s of sound that is none of the flow's prompts here"

    def recognised(self, since: int = 0) -> list[tuple[int, Cue]]:
        """The prompts that are known and were heard, and at which sample."""
        sound, places = self._ear(since), list[tuple[int, int, Cue]]()
        for cue in self._known:
            prompt = None if isinstance(cue.prompt, TonePrompt) else self._sound_of(cue)
            if prompt is None:
                continue
            first = 0
            while (place := find(prompt, sound[first:])) is not None:
                much = heard(prompt, sound[first + place :])
                places.append((-much, since + first + place, cue))
                first += place + max(RATE // 5, much)
        best: dict[int, Cue] = {}
        for _, at, cue in sorted(places, key=lambda found: found[0]):  # two may begin alike
            if all(abs(at - other) > RATE // 5 for other in best):
                best[at] = cue
        return sorted(best.items(), key=lambda found: found[0])

    def transcript(self) -> list[str]:
        """What the caller heard and did so far, a line each."""
        first = (self._call.heard.began or self._began) - self._began
        lines = [(first + at / RATE, f"hears {named(cue.prompt)}") for at, cue in self.recognised()]
        return [f"{clock(max(0.0, at))}  {what}" for at, what in sorted([*self.did, *lines])]


def _named(rehearsed: Rehearsed) -> dict[str, Any]:
    step = rehearsed.step
    return {} if step.name in ("hears", "is_asked") else dict(step.named)


def _bare(contact: str) -> str:
    found = _CONTACT.search(contact)
    return found[1] if found else contact.partition(";")[0].strip()

"""A question, asked until it is answered or the attempts are used up.

How one answer is taken is in `taking.py`.  Speech that fails twice is given up: from then on the
question is one for keys, and the caller is told so once, unless there is no key to press.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .call import Call
from .effects import Mask, Prompt, Text
from .scope import Tries
from .sentences import sentences
from .taking import Entry, Rules, take_entry

__all__ = ["Entry", "Judge", "Reprompts", "Rules", "ask_for", "never_reached", "take_entry"]

ATTEMPTS = 3
SPEECH_FAILURES = 2  # of one question, after which it is asked for keys only

Ruling = Literal["again", "denied", "invalid"]
Judge = Callable[[Entry], Awaitable[Entry | Ruling]]
"""What becomes of an accepted entry: what the asking ends with, or it is asked again.

`invalid` counts as a no-match; `again` does not count.  Nor does `denied`: the caller did not say
that, and what he says next means something else.
"""


@dataclass(frozen=True, slots=True)
class Reprompts:
    """How often to ask, and what to say before asking again (the n-th for the n-th failure).

    `instead` is said in place of the question then.
    """

    attempts: int = ATTEMPTS
    max_no_input: int | None = None
    max_no_match: int | None = None
    no_input: Sequence[Prompt] = ()
    no_match: Sequence[Prompt] = ()
    unfinished: Sequence[Prompt] = ()
    invalid: Sequence[Prompt] = ()
    instead: Sequence[Prompt] = ()

    def used_up(self, tries: Tries) -> bool:
        return (
            tries.no_input + tries.no_match >= self.attempts
            or (self.max_no_input is not None and tries.no_input >= self.max_no_input)
            or (self.max_no_match is not None and tries.no_match >= self.max_no_match)
        )


def never_reached(arguments: Mapping[str, Any]) -> str:
    """Which limit means nothing, as `attempts` is used up before; empty: none."""
    attempts = arguments.get("attempts", ATTEMPTS)
    for name in ("max_no_input", "max_no_match"):
        most = arguments.get(name)
        if most is not None and most > attempts:
            given = (
                "attempts is" if "attempts" in arguments else "attempts, where it is not given, is"
            )
            return f"{name} is {most}, and {given} {attempts}, for both together; raise attempts"
    return ""


async def ask_for(
    call: Call,
    prompts: tuple[Prompt, ...],
    rules: Rules,
    again: Reprompts,
    judge: Judge | None = None,
    tries: Tries | None = None,
) -> Entry:
    """Ask until an entry is accepted or the attempts are used up; then the last failure.

    *judge* has the last word on what was accepted.  *tries* are the counters, where they are not
    those of the state's next step.
    """
    asking = _Asking(call, prompts, rules, again, judge, tries or call.tries())
    call.asks()
    if not (rules.sensitive and call.recording):
        return await asking.run()
    call.emit(Mask(True))
    try:
        return await asking.run()
    finally:
        call.emit(Mask(False))


@dataclass(slots=True)
class _Asking:
    """One question, asked as often as it takes."""

    call: Call
    prompts: tuple[Prompt, ...]
    rules: Rules
    again: Reprompts
    judge: Judge | None
    tries: Tries
    denied: set[str] = field(default_factory=set)
    misheard: int = 0

    async def run(self) -> Entry:
        call, tries, said = self.call, self.tries, self.prompts
        last: Entry | None = None
        if self.rules.flush:
            call.keys.clear()
        while not self.again.used_up(tries):
            last = await take_entry(call, said, self.rules, self.denied, listens=self._listens)
            call.note("entry", _shown(last, self.rules))
            if not last.failed:
                judged = await self.judge(last) if self.judge else last
                if isinstance(judged, Entry):
                    tries.no_input = tries.no_match = 0
                    return judged
                if judged != "invalid":
                    said = self._deny(last) if judged == "denied" else self.prompts
                    continue
                call.note("invalid")
                call.keys.clear()
                last = Entry("no_match", last.value, last.terminator, invalid=True)
            said = self._reprompt(last)
        return last or Entry("no_match" if tries.no_match else "no_input")

    @property
    def _listens(self) -> bool:
        return self.misheard < SPEECH_FAILURES or not self.rules.has_keys

    def _deny(self, entry: Entry) -> tuple[Prompt, ...]:
        """*entry* is not what the caller said; what to say now."""
        self.call.note("denied", entry.value)
        self.denied.add(entry.value)
        return self._speech_failed() + self.prompts

    def _speech_failed(self) -> tuple[Prompt, ...]:
        """Once more; and what is to be said about it."""
        listened, self.misheard = self._listens, self.misheard + 1
        if self._listens or not listened:
            return ()
        return (Text(sentences(self.call.language).keys_only),)

    def _reprompt(self, failed: Entry) -> tuple[Prompt, ...]:
        """What to say after one more failure."""
        again, tries = self.again, self.tries
        if failed.how == "no_input":
            tries.no_input += 1
            lead = _nth(again.no_input, tries.no_input)
        else:
            tries.no_match += 1
            lead = _nth(self._wrong(failed), tries.no_match)
            lead += self._speech_failed() if failed.spoken else ()
        return lead + (_nth(again.instead, tries.no_input + tries.no_match) or self.prompts)

    def _wrong(self, failed: Entry) -> Sequence[Prompt]:
        again = self.again
        own = again.invalid if failed.invalid else again.unfinished if failed.unfinished else ()
        return own or again.no_match


def _nth(prompts: Sequence[Prompt], n: int) -> tuple[Prompt, ...]:
    return (prompts[min(n, len(prompts)) - 1],) if prompts else ()


def _shown(entry: Entry, rules: Rules) -> str:
    value = "***" if rules.sensitive and entry.value else entry.value
    return f"{entry.how} {value}{entry.terminator}".strip()

"""One entry by the caller: keys or words, with barge-in, type-ahead, timers and terminators.

How it works.  Keys always arrive in `Call.keys`; a key event only wakes the step, which takes keys
from there, so what was typed ahead and what is typed now are one thing.  Each key goes through the
matcher:

    NO_MATCH  the entry is refused at once
    PARTIAL   wait for the next key; the inter-digit timer refuses the entry
    MATCH     wait for the next key; the inter-digit timer or a terminator accepts the entry
    MAX       accept at once (or wait `terminator_timeout` for a terminator, which is eaten)

Timers.  The first-digit timer starts when the prompts end, and never again once the caller has
pressed a key or begun to speak.  The inter-digit timer starts anew with every key.  After `total`
seconds from the first key, the next key is the last.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .call import Call
from .digits import LONGEST_ENTRY, Matcher, Verdict
from .effects import Mask, Prompt, Unlisten
from .errors import CallEnded, CallMoved
from .events import Digit, Heard, SpeechStarted, Tick
from .phase import KEYS
from .scope import Tries
from .speak import LONGEST_PLAYBACK, Playback
from .speech import PLAIN, Speech
from .verb import BargeIn

LONGEST_UTTERANCE = 20.0  # seconds from the start of speech to its result

How = Literal["typed", "heard", "empty", "no_input", "no_match"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of one attempt.

    `unfinished`: a no-match because more keys were expected; `invalid`: because it was judged so.
    """

    how: How
    value: str = ""
    terminator: str = ""
    unfinished: bool = False
    invalid: bool = False

    @property
    def failed(self) -> bool:
        return self.how in ("no_input", "no_match")


@dataclass(frozen=True, slots=True)
class Rules:
    """How an entry is taken; times in seconds, 0 means no waiting, `total` None: no such limit."""

    matcher: Matcher
    barge_in: BargeIn = "any"
    first_digit: float = 5.0
    inter_digit: float = 3.0
    terminator_timeout: float = 0.0
    total: float | None = None
    terminators: str = "#"
    allow_empty: bool = False
    sensitive: bool = False
    flush: bool = False
    words: tuple[str, ...] = ()
    loop: tuple[str, ...] = ()
    speech: Speech = PLAIN
    understand: Callable[[Heard], str | None] = lambda heard: None
    """What a spoken answer means; None: it is not understood."""


Judge = Callable[[Entry], Awaitable[Entry | Literal["again", "invalid"]]]
"""What becomes of an accepted entry: what the asking ends with, or it is asked again.

`invalid` counts as a no-match; `again` does not count.
"""


@dataclass(frozen=True, slots=True)
class Reprompts:
    """How often to ask, and what to say before asking again (the n-th for the n-th failure).

    `instead` is said in place of the question then.
    """

    attempts: int = 3
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

    async def run(self) -> Entry:
        call, tries, said = self.call, self.tries, self.prompts
        last: Entry | None = None
        if self.rules.flush:
            call.keys.clear()
        while not self.again.used_up(tries):
            last = await take_entry(call, said, self.rules)
            call.note("entry", _shown(last, self.rules))
            if not last.failed:
                judged = await self.judge(last) if self.judge else last
                if isinstance(judged, Entry):
                    tries.no_input = tries.no_match = 0
                    return judged
                if judged == "again":
                    said = self.prompts
                    continue
                call.note("invalid")
                call.keys.clear()
                last = Entry("no_match", last.value, last.terminator, invalid=True)
            said = self._reprompt(last)
        return last or Entry("no_match" if tries.no_match else "no_input")

    def _reprompt(self, failed: Entry) -> tuple[Prompt, ...]:
        """What to say after one more failure."""
        again, tries = self.again, self.tries
        if failed.how == "no_input":
            tries.no_input += 1
            lead = _nth(again.no_input, tries.no_input)
        else:
            tries.no_match += 1
            lead = _nth(self._wrong(failed), tries.no_match)
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


async def take_entry(call: Call, prompts: tuple[Prompt, ...], rules: Rules) -> Entry:
    """Take one entry; whatever of the prompts still plays at its end is stopped."""
    call.require(KEYS)
    taking = _Taking(call, rules)
    call.asking, call.reading = True, not rules.sensitive
    if rules.words:
        call.emit(rules.speech.listen(rules.words, rules.loop, call.language))
    try:
        return await taking.run(prompts)
    except (CallEnded, CallMoved):
        if taking.typed:
            call.note("entry", f"cut off {'***' if rules.sensitive else taking.typed}")
        raise
    finally:
        call.asking = call.reading = False
        taking.stop()
        if rules.words:
            call.emit(Unlisten())


class _Taking:
    """The state of one entry being taken."""

    __slots__ = (
        "_full",
        "_last_key_by",
        "_playback",
        "_speaking",
        "call",
        "rules",
        "typed",
        "until",
    )

    def __init__(self, call: Call, rules: Rules) -> None:
        self.call = call
        self.rules = rules
        self.until: float | None = None
        self.typed = ""
        self._full = False  # complete; only a terminator may still come
        self._speaking = False
        self._last_key_by = float("inf")
        self._playback: Playback | None = None

    async def run(self, prompts: tuple[Prompt, ...]) -> Entry:
        call, entry = self.call, None
        if self.rules.barge_in != "none":
            entry = self._take_keys()  # typed ahead: may decide before a word is said
        if entry is None and prompts and not self.typed:
            self._playback = Playback(call, prompts)
            self.until = call.now + LONGEST_PLAYBACK
        elif entry is None and not self.typed:
            self._wait_for_first_key()
            entry = self._take_keys()
        while entry is None:
            entry = self._on(await call.next_event(self.until))
        if entry.failed:
            call.keys.clear()
        if self.typed and not entry.terminator:
            call.drop_stray(self.rules.terminators, call.now + self.rules.inter_digit)
        return entry

    def stop(self, why: str = "") -> None:
        if self._playback is not None:
            self._playback.stop(why)

    @property
    def _playing(self) -> bool:
        return self._playback is not None and self._playback.running

    def _on(self, event: object) -> Entry | None:
        match event:
            case Digit():
                return self._take_keys()
            case SpeechStarted() if not self.typed:
                return self._speech_started()
            case Heard() if self.rules.words and not self.typed:
                return self._heard(event)
            case Tick():
                return self._timeout()
            case _ if self._playback is not None and self._playback.done(event):
                return self._played()
        return None

    def _speech_started(self) -> Entry | None:
        first, self._speaking = not self._speaking, bool(self.rules.words)
        if self._playing and self.rules.barge_in == "speech":
            self.stop("barge_in")
            return self._played()
        if self._speaking and first and not self._playing:
            self.until = self.call.now + LONGEST_UTTERANCE
        return None

    def _heard(self, heard: Heard) -> Entry | None:
        meaning = self.rules.understand(heard)
        if self._playing and (meaning is None or self.rules.barge_in == "none"):
            self._speaking = False  # as a key that cannot count: as if it had not been
            return None
        return Entry("no_match", heard.text) if meaning is None else Entry("heard", meaning)

    def _played(self) -> Entry | None:
        if self.rules.barge_in == "none":
            self.call.keys.clear()
        if self._speaking:
            self.until = self.call.now + LONGEST_UTTERANCE
        else:
            self._wait_for_first_key()
        return self._take_keys()

    def _wait_for_first_key(self) -> None:
        self.until = self.call.now + self.rules.first_digit

    def _timeout(self) -> Entry | None:
        if self._playing:
            self.stop("playback_without_end")
            return self._played()
        rules = self.rules
        if self._full:
            self._ran_out("terminator_timeout", rules.terminator_timeout)
        elif self.typed:
            self._ran_out("inter_digit", rules.inter_digit)
        elif self._speaking:
            self._ran_out("utterance", LONGEST_UTTERANCE)
            return Entry("no_match")
        else:
            self._ran_out("first_digit", rules.first_digit)
            return Entry("no_input")
        return self._close()

    def _ran_out(self, timer: str, seconds: float) -> None:
        """For the journal: it was no key that decided."""
        self.call.note("timer", f"{timer} {seconds:g} s")

    def _take_keys(self) -> Entry | None:
        """Use the keys that are there, as far as the barge-in mode lets them count."""
        keys, entry = self.call.keys, None
        while keys and entry is None:
            if self._playing and self.rules.barge_in in ("speech", "none"):
                return None  # they count when the prompts are over
            entry = self._take(keys.popleft())
        return entry

    def _take(self, key: str) -> Entry | None:
        rules, call = self.rules, self.call
        if self._full:
            if key in rules.terminators:
                return self._accepted(key)
            call.keys.appendleft(key)
            return self._accepted()
        verdict = self._verdict(self.typed + key)
        ends = key in rules.terminators
        counts = rules.allow_empty if ends else verdict is not Verdict.NO_MATCH
        if rules.barge_in == "match" and self._playing and not counts:
            return None
        self.stop("barge_in")
        if ends:
            return self._close(key)
        self.typed += key
        if len(self.typed) == 1 and rules.total is not None:
            self._last_key_by = call.now + rules.total
        if verdict is Verdict.NO_MATCH:
            return Entry("no_match", self.typed)
        if verdict is Verdict.MAX:
            if rules.terminator_timeout > 0:
                self._full, self.until = True, call.now + rules.terminator_timeout
                return None
            return self._accepted()
        self.until = call.now + rules.inter_digit
        if rules.total is None or call.now < self._last_key_by:
            return None
        self._ran_out("total", rules.total)
        return self._close()

    def _verdict(self, typed: str) -> Verdict:
        verdict = self.rules.matcher.verdict(typed)
        if len(typed) >= LONGEST_ENTRY and verdict is Verdict.MATCH:
            return Verdict.MAX
        return Verdict.NO_MATCH if len(typed) > LONGEST_ENTRY else verdict

    def _close(self, terminator: str = "") -> Entry:
        """No further key will come: accept what was typed, or not."""
        if not self.typed:
            how: How = "empty" if self.rules.allow_empty else "no_match"
            return Entry(how, terminator=terminator)
        if self._verdict(self.typed) in (Verdict.MATCH, Verdict.MAX):
            return self._accepted(terminator)
        return Entry("no_match", self.typed, terminator, unfinished=True)

    def _accepted(self, terminator: str = "") -> Entry:
        return Entry("typed", self.typed, terminator)

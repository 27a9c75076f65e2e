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

Speech.  What is heard is an entry at once: the recogniser has waited for its end.  The first key
that counts ends listening, and what was said before it; while a prompt plays, words that mean
nothing are as if they had not been.  Where speech stops prompts and no words are expected, it is
noticed that the caller speaks, until they are over.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from typing import Literal

from .call import Call
from .digits import KEYS as EVERY_KEY
from .digits import LONGEST_ENTRY, Matcher, Verdict
from .effects import Prompt, Unlisten
from .errors import CallEnded, CallMoved
from .events import Digit, Heard, ListenFailed, SpeechStarted, Tick
from .phase import KEYS
from .speak import LONGEST_PLAYBACK, Playback
from .speech import PLAIN, Speech
from .verb import BargeIn

IN_ONE_GO = 0.4  # seconds between two keys; who answers a prompt takes longer

How = Literal["typed", "heard", "empty", "no_input", "no_match"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of one attempt.

    `text`: the words that were heard; `spoken`: it is speech that it came of, or that failed;
    `doubtful`: it has to be confirmed.  `unfinished`: a no-match because more keys were expected;
    `invalid`: because it was judged so.
    """

    how: How
    value: str = ""
    terminator: str = ""
    unfinished: bool = False
    invalid: bool = False
    text: str = ""
    spoken: bool = False
    doubtful: bool = False

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
    understand: Callable[[str], str | None] = lambda text: None
    """What spoken words mean; None: they are not understood."""
    means_keys: bool = False
    """Whether that are keys, for the matcher to judge."""

    @property
    def listens(self) -> bool:
        """Whether something may be said."""
        return bool(self.words or self.loop)

    @property
    def has_keys(self) -> bool:
        """Whether something may be typed."""
        return self.matcher.verdict("") is not Verdict.NO_MATCH


async def take_entry(
    call: Call,
    prompts: tuple[Prompt, ...],
    rules: Rules,
    denied: Set[str] = frozenset(),
    *,
    listens: bool = True,
) -> Entry:
    """Take one entry; whatever of the prompts still plays at its end is stopped.

    *denied* is what words cannot mean any more; *listens*: whether there is an ear for words.
    """
    call.require(KEYS)
    taking = Taking(call, rules, denied, listens and rules.listens)
    call.asking, call.reading, call.taking = True, not rules.sensitive, taking
    try:
        return await taking.run(prompts)
    except (CallEnded, CallMoved):
        if taking.typed:
            call.note("entry", f"cut off {'***' if rules.sensitive else taking.typed}")
        raise
    finally:
        call.asking, call.reading, call.taking = False, False, None
        taking.stop()
        taking.unlisten()


class Taking:
    """The state of one entry being taken."""

    __slots__ = (
        "_denied",
        "_full",
        "_last_key_by",
        "_listening",
        "_listens",
        "_playback",
        "call",
        "rules",
        "speaking",
        "typed",
        "until",
    )

    def __init__(self, call: Call, rules: Rules, denied: Set[str], listens: bool) -> None:
        self.call = call
        self.rules = rules
        self._denied = denied
        self._listens = listens
        self._listening = False
        self.until: float | None = None
        self.typed = ""
        self._full = False  # complete; only a terminator may still come
        self.speaking = False
        self._last_key_by = float("inf")
        self._playback: Playback | None = None

    async def run(self, prompts: tuple[Prompt, ...]) -> Entry:
        call, entry = self.call, None
        if self.rules.barge_in != "none":
            entry = self._take_keys()  # typed ahead: may decide before a word is said
        if entry is None and (self.rules.barge_in != "none" or not prompts):
            self._listen(notices=self.rules.barge_in == "speech" and bool(prompts))
        if entry is None and prompts and not self.typed:
            self._playback = Playback(call, prompts)
            self.until = call.now + LONGEST_PLAYBACK
        elif entry is None and not self.typed:
            self._wait_for_first_key()
            entry = self._take_keys()
        while entry is None:
            entry = self._on(await call.next_event(self.until))
        self._end(entry)
        return entry

    def _end(self, entry: Entry) -> None:
        """See to it that nothing of *entry* is left for the next one."""
        call, rules = self.call, self.rules
        ended = bool(entry.terminator)
        if entry.failed:
            ended = ended or any(key in rules.terminators for key in call.keys)
            call.keys.clear()
        if not self.typed or ended:
            return
        call.drop_stray(rules.terminators, call.now + rules.inter_digit)
        if entry.failed and self._had_more_to_come():
            call.drop_rest(min(rules.inter_digit, IN_ONE_GO))

    def _had_more_to_come(self) -> bool:
        """Whether more keys were to follow, whichever right one had been pressed as the last."""
        begun = self.typed[:-1]
        verdicts = {self._verdict(begun + key) for key in EVERY_KEY} - {Verdict.NO_MATCH}
        return bool(verdicts) and Verdict.MAX not in verdicts

    def stop(self, why: str = "") -> None:
        if self._playback is not None:
            self._playback.stop(why)

    def _listen(self, *, notices: bool = False) -> None:
        """For words; *notices*: where none are expected, for a voice."""
        if (self._listens or notices) and not self.typed:
            rules = self.rules
            words, loop = (rules.words, rules.loop) if self._listens else ((), ())
            self.call.emit(rules.speech.listen(words, loop, self.call.language))
            self._listening = True

    def unlisten(self) -> None:
        if self._listening:
            self._listening = self.speaking = False
            self.call.emit(Unlisten())

    @property
    def _playing(self) -> bool:
        return self._playback is not None and self._playback.running

    def _on(self, event: object) -> Entry | None:
        match event:
            case Digit():
                return self._take_keys()
            case SpeechStarted() if not self.typed:
                return self._speech_started()
            case Heard() if self._listening:
                return self._heard(event)
            case ListenFailed(reason) if self._listening:
                return self._deafened(reason)
            case Tick():
                return self._timeout()
            case _ if self._playback is not None and self._playback.done(event):
                return self._played()
        return None

    def _speech_started(self) -> Entry | None:
        first, self.speaking = not self.speaking, self._listening
        if self._playing and self.rules.barge_in == "speech":
            self.stop("barge_in")
            return self._played()
        if self.speaking and first and not self._playing:
            self._wait_for_words()
        return None

    def _heard(self, heard: Heard) -> Entry | None:
        entry = self._understood(heard)
        if self._playing and entry.failed:
            self.speaking = False  # as a key that cannot count: as if it had not been
            return None
        return entry

    def _understood(self, heard: Heard) -> Entry:
        """What *heard* amounts to: the best of it that was not denied, if that can be told."""
        rules, nothing = self.rules, Entry("no_match", heard.text, text=heard.text, spoken=True)
        for text, confidence in ((heard.text, heard.confidence), *heard.alternatives):
            value = rules.understand(text)
            if value is None or confidence < rules.speech.confidence:
                break
            if value in self._denied:
                continue
            verdict = self._verdict(value) if rules.means_keys else Verdict.MAX
            if verdict is Verdict.NO_MATCH:
                break
            if verdict is Verdict.PARTIAL:
                return replace(nothing, value=value, unfinished=True)
            doubtful = confidence < rules.speech.confirm_below
            return Entry("heard", value, text=text, spoken=True, doubtful=doubtful)
        return nothing

    def _deafened(self, reason: str) -> Entry | None:
        """Nothing is recognised any more: keys are still taken, but what was being said is lost."""
        self.call.note("listen_failed", reason)
        lost = self.speaking and not self._playing
        self.unlisten()
        return Entry("no_match", spoken=True) if lost else None

    def _played(self) -> Entry | None:
        if self.rules.barge_in == "none":
            self.call.keys.clear()
            self._listen()
        if not self._listens:
            self.unlisten()
        if self.speaking:
            self._wait_for_words()
        else:
            self._wait_for_first_key()
        return self._take_keys()

    def _wait_for_words(self) -> None:
        self.until = self.call.now + self.rules.speech.patience

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
        elif self.speaking:
            self._ran_out("utterance", rules.speech.patience)
            return Entry("no_match", spoken=True)
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
        self.unlisten()
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

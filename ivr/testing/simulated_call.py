"""Call a flow without a phone, in virtual time; each method is a sentence of the caller's story."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from ..engine.acceptance import accepted
from ..engine.digits import KEYS
from ..engine.effects import (
    Effect,
    File,
    Prompt,
    Recorded,
    Redirect,
    Reject,
    Signal,
    Silence,
    Text,
    Tone,
    Url,
)
from ..engine.events import Dismissed, Interjected, Moved
from ..engine.flow import END, Flow
from ..engine.phase import KEYS as TAKEN
from ..engine.ssml import spoken
from ..engine.verb import Contact, Doc, KeySet, Seconds
from .caller import caller_of, is_called
from .calls_out import CallsOut, Code
from .jobs import Jobs
from .line import SimulatedLine
from .mailboxes import Letters
from .memory import Memories
from .performing import Direction
from .recorder import CLOSING
from .speaking import Speaking
from .transcript import ending, named
from .transfers import Transfers
from .values import NOTHING, Sound
from .watching import made

MONDAY = datetime(2025, 3, 3, 10, 0, tzinfo=UTC)
"""The time of day of a call that says nothing else: a Monday, 10:00 UTC."""
PATIENCE = 60.0  # seconds that a story waits for what it expects
BETWEEN_KEYS = 0.25  # seconds
MessageEnd = Literal[
    "#", "*", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "silence", "hang_up",
    "failure",
]  # fmt: skip
Who = Literal["caller", "flow", "operator", "timeout", "error", "far_end", "no_answer"]


class SimulatedCall(Transfers, CallsOut, Jobs, Speaking):
    """A call to *flow*, told from the caller's side.

    ::

        call = SimulatedCall(flow)
        call.hears("welcome").is_asked("menu").presses("1")
        call.is_transferred_to("sip:601@pbx.example", result="busy")
        call.hears("leave_message").leaves_a_message(9).hears("goodbye").is_over(by="flow")

    The call is offered at once.  From then on time passes only inside the methods; what happens by
    itself (the end of a prompt, a timeout) happens on the way.  A sentence that does not come true
    raises `StoryError`, an AssertionError that says what happened instead.

    *at* is the time of day of the offer (with a time zone; default `MONDAY`), *headers* those of
    the INVITE, *durations* the seconds of prompts (default 2; words take as long as their number
    of letters says), *overrides* the schedules that an operator has declared open or closed,
    *memory* what `recall` finds, by scope and name, *mailboxes* their messages, *secrets* those
    that matter here, such as a PIN that is typed (of others the text is the name), *told* the jobs
    of memory and mailboxes of which the story itself says what comes (`waits_for`).  A flow that is
    there to be called by others is called with *arguments*, and the call is over when it comes back
    (`ends_with`).

    With *direction* ``out`` it is we who call: *dialled*, who is shown *caller*.  Nothing happens
    until he `is_answered`; with *accept* he is asked first for this key, as in `ivr.dial`.
    """

    __slots__ = ("_past", "flow")

    def __init__(
        self,
        flow: Flow,
        *,
        at: datetime | None = None,
        caller: str = "+15550100",
        dialled: str = "100",
        headers: Mapping[str, str] = NOTHING,
        durations: Mapping[str, float] = NOTHING,
        overrides: Mapping[str, str] = NOTHING,
        memory: Memories = NOTHING,
        mailboxes: Letters = NOTHING,
        secrets: Mapping[str, str] = NOTHING,
        told: Collection[str] = (),
        arguments: Mapping[str, Any] = NOTHING,
        direction: Direction = "in",
        accept: str = "",
    ) -> None:
        if accept and direction == "in":
            raise ValueError("accept is for calls out; expected direction out beside it")
        if at is not None and at.tzinfo is None:
            raise ValueError(f"at={at} has no time zone; expected such as tzinfo=UTC")
        if arguments or is_called(flow):
            flow = caller_of(flow, arguments)
        self.flow = accepted(flow, accept) if accept else flow
        super().__init__(SimulatedLine(self.flow, durations, memory, mailboxes, secrets, told))
        self._past = 0  # how many of the line's sounds are over
        self._line.offer(at or MONDAY, caller, dialled, headers, overrides, direction)
        made(self)

    # -- what the caller hears -------------------------------------------------------------------

    def hears(
        self, *prompts: Annotated[Prompt, Doc("prompts by name, or words of what is spoken")]
    ) -> SimulatedCall:
        """These prompts come next, and are heard to their end.

        A name stands for a prompt of that name, and for spoken words that contain it.  Prompts that
        are over already when the story comes here are not spoken of any more; tones need not be.
        """
        __tracebackhide__ = True
        line = self._line
        for prompt in prompts:
            sound = self._comes(prompt)
            line.pass_until(sound.end)
            if sound.cut:
                self._fail(f"expected to hear {named(prompt)} to its end; it was cut off")
        return self

    def is_asked(
        self, *prompts: Annotated[Prompt, Doc("the question; those before it are heard first")]
    ) -> SimulatedCall:
        """The last of these prompts is being played, or was just played, and an answer is taken.

        Does not wait for the end of the prompt, so that the caller can cut in.
        """
        __tracebackhide__ = True
        line = self._line
        if prompts:
            self.hears(*prompts[:-1])
            if not self._has_just_heard(prompts[-1]):
                line.pass_until(self._comes(prompts[-1]).begin)
        if not line.session.call.asking:
            what = f" {named(prompts[-1])}" if prompts else ""
            self._fail(f"expected to be asked{what}; no step takes an answer")
        return self

    # -- what the caller does --------------------------------------------------------------------

    def presses(
        self,
        keys: Annotated[KeySet, Doc("keys, such as 12#")],
        every: Annotated[Seconds, Doc("time from one key to the next")] = BETWEEN_KEYS,
    ) -> SimulatedCall:
        """Press keys, one after the other, as soon as the flow takes them: it answers first."""
        __tracebackhide__ = True
        line, wait = self._line, 0.0
        if not keys or not all(key in KEYS for key in keys):
            raise ValueError(f"{keys!r}: expected keys, some of {KEYS}")
        self._wait_for(lambda: line.session.call.phase in TAKEN.phases, f"to press {keys}")
        for key in keys:
            if wait:
                line.pass_until(line.now + wait)
            self._is_there(f"press {key}")
            line.press(key)
            wait = every
        return self

    def waits(self, seconds: Annotated[Seconds, Doc("how long")]) -> SimulatedCall:
        """Do nothing for a while; the call goes on meanwhile."""
        self._line.pass_until(self._line.now + seconds)
        return self

    def leaves_a_message(
        self,
        seconds: Annotated[Seconds, Doc("how long the caller speaks")],
        ends_with: Annotated[MessageEnd, Doc("a key, silence, hang_up or failure")] = "#",
    ) -> SimulatedCall:
        """Speak on the recording that runs or begins now, until the end of it.

        With *failure* it is ours: the recording cannot be written any more.
        """
        __tracebackhide__ = True
        line = self._line
        self._wait_for(lambda: line.recording is not None, "to be recorded")
        recording = line.recording
        end = line.now + seconds
        line.sound_until(end)
        while line.recording is recording and line.step(end):
            pass
        if line.recording is not recording:
            return self  # it was as long as it could be
        line.pass_until(end)
        if ends_with == "hang_up":
            return self.hangs_up()
        if ends_with == "failure":
            line.fail_recording()
        elif ends_with != "silence":
            line.press(ends_with)
        patience = line.now + (PATIENCE if ends_with == "silence" else 1.0)
        while line.recording is recording and line.step(patience):
            pass
        if line.recording is recording:
            self._fail(f"expected the recording to end with {ends_with}; it goes on")
        return self

    def hangs_up(self) -> SimulatedCall:
        """Hang up, or give up before the answer."""
        __tracebackhide__ = True
        self._is_there("hang up")
        self._is_not_ringing("to hang up")
        self._line.hang_up()
        return self

    # -- what an operator does -------------------------------------------------------------------

    def is_moved_to(self, state: Annotated[str, Doc("a state of the flow")]) -> SimulatedCall:
        """An operator moves the call to this state; what it was doing is ended."""
        __tracebackhide__ = True
        self._is_there(f"be moved to {state}")
        if state not in self.flow.states:
            self._fail(f"expected to be moved to {state}; the flow has no such state")
        self._line.happens(Moved(state))
        self._line.pass_until(self._line.now + CLOSING)
        return self

    def is_interrupted_with(
        self, prompt: Annotated[Prompt, Doc("a prompt by name, or words")]
    ) -> SimulatedCall:
        """An operator has this played; what the caller heard goes on after it."""
        __tracebackhide__ = True
        self._is_there(f"be interrupted with {named(prompt)}")
        self._line.happens(Interjected(prompt))
        return self

    def is_dismissed(self) -> SimulatedCall:
        """An operator ends the call."""
        __tracebackhide__ = True
        self._is_there("be dismissed")
        self._line.happens(Dismissed())
        return self

    # -- where the caller ends up ----------------------------------------------------------------

    def is_redirected_to(
        self,
        *to: Annotated[Contact, Doc("the contacts, best first")],
        code: Annotated[Code, Doc("SIP status code")] = 302,
    ) -> SimulatedCall:
        """The call ends before the answer, and the caller's phone is sent elsewhere."""
        __tracebackhide__ = True
        wanted = f"to be redirected to {', '.join(to)} with {code}"
        match self._ends_with(wanted):
            case Redirect(contacts, found) if contacts == to and found == code:
                return self
            case other:
                self._fail(f"expected {wanted}; the caller {ending(other)}")

    def is_rejected_with(
        self,
        code: Annotated[Code, Doc("SIP status code")],
        reason: Annotated[str | None, Doc("the reason phrase, if it matters")] = None,
    ) -> SimulatedCall:
        """The call is refused before the answer."""
        __tracebackhide__ = True
        wanted = f"to be rejected with {code} {reason or ''}".rstrip()
        match self._ends_with(wanted):
            case Reject(found, phrase) if found == code and reason in (None, phrase):
                return self
            case other:
                self._fail(f"expected {wanted}; the caller {ending(other)}")

    def is_over(
        self, by: Annotated[Who | None, Doc("who ended it, if that matters")] = None
    ) -> SimulatedCall:
        """The call is over, or is after prompts that need no answer."""
        __tracebackhide__ = True
        line = self._line
        self._wait_for(lambda: line.over, "the call to be over")
        while not (line.session.ended or line.jobs) and line.step():
            pass  # what the flow does after the call
        if by is not None and by != self.ended_by:
            self._fail(f"expected the call to be ended by the {by}; it was by the {self.ended_by}")
        return self

    def ends_with(
        self, outcome: Annotated[str, Doc("outcome of a flow that others call")]
    ) -> SimulatedCall:
        """The flow, one that others call, comes back to its caller with this outcome."""
        __tracebackhide__ = True
        if outcome not in self.flow.states[self.flow.start].on:
            self._fail(f"expected to end with {outcome}; the flow has no such outcome")
        self.is_over()
        found = next((detail for kind, detail in reversed(self.notes) if kind == "outcome"), "")
        if found != outcome or self.state != END:
            self._fail(f"expected to end with {outcome}; it is {found or 'without one'}")
        return self

    # -- how it is found out ---------------------------------------------------------------------

    def _comes(self, prompt: Prompt) -> Sound:
        """The next sound that is not over, which must be *prompt*."""
        __tracebackhide__ = True
        line, wanted = self._line, f"to hear {named(prompt)}"
        sounds, limit = line.sounds, line.now + PATIENCE
        self._is_not_ringing(wanted)
        while True:
            while self._past < len(sounds) and sounds[self._past].end <= line.now:
                self._past += 1
            if self._past < len(sounds):
                sound = sounds[self._past]
                if _is(prompt, sound.prompt):
                    return sound
                if not isinstance(sound.prompt, Tone | Signal | Silence):
                    self._fail(f"expected {wanted}; it is {named(sound.prompt)}")
                self._is_not_undecided(wanted)
                line.pass_until(sound.end)
            elif line.over:
                self._fail(f"expected {wanted}; the call is over")
            else:
                self._is_not_undecided(wanted)
                if not line.step(limit):
                    self._fail(f"expected {wanted}; nothing was heard for {PATIENCE:.0f} s")

    def _is_not_undecided(self, wanted: str) -> None:
        """Fail where the story must first say what comes of something."""
        __tracebackhide__ = True
        line = self._line
        if line.far_ends.undecided:
            self._fail(f"expected {wanted}; the caller is transferred to {self._called()}")
        if line.jobs:
            self._fail(f"expected {wanted}; the flow waits for {line.jobs[0].job} (waits_for)")

    def _has_just_heard(self, prompt: Prompt) -> bool:
        line = self._line
        if line.playing is not None or not line.sounds:
            return False
        last = line.sounds[-1]
        return not last.cut and _is(prompt, last.prompt)

    def _wait_for(self, wanted: Callable[[], bool], what: str) -> None:
        """Let time pass until *wanted*, unless something is wanted of the caller first."""
        __tracebackhide__ = True
        line = self._line
        questions, limit = line.questions, line.now + PATIENCE
        self._is_not_ringing(what)
        while not wanted():
            if line.over:
                self._fail(
                    f"expected {what}; the call is over: the caller {ending(line.ended_with)}"
                )
            self._is_not_undecided(what)
            if line.recording is not None:
                self._fail(f"expected {what}; the caller is being recorded")
            if line.questions > questions:
                self._fail(f"expected {what}; the caller is asked {named(line.sounds[-1].prompt)}")
            if not line.step(limit):
                self._fail(f"expected {what}; nothing of the kind in {PATIENCE:.0f} s")

    def _ends_with(self, what: str) -> Effect | None:
        __tracebackhide__ = True
        line = self._line
        self._wait_for(lambda: line.over, what)
        return line.ended_with


def _is(expected: Prompt, heard: Prompt) -> bool:
    match expected, heard:
        case str(words) | Text(words), Text():
            return spoken(words) in heard.words
        case str(name), File() | Url() | Recorded():
            return name == named(heard)
        case Signal(name), Signal():
            return name == heard.name
    return expected == heard

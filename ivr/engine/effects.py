"""Intents that a call hands to the outside.  Nothing here does anything.

Whoever performs them never fails back into the engine: what goes wrong comes back as an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

DigitWay = Literal["rfc4733", "info"]
SignalName = Literal["dial", "ringback", "busy", "congestion"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words to be spoken, where a plain ``str`` names a prompt of the catalogue."""

    words: str


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine tone: `frequency` in hertz, `seconds` long."""

    frequency: int = 1000
    seconds: float = 0.3


@dataclass(frozen=True, slots=True)
class File:
    """A sound file; `path` is relative to the folder of the flow's own file."""

    path: str


@dataclass(frozen=True, slots=True)
class Url:
    """A sound file at an http or https address, fetched once and kept for a while."""

    url: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A tone of the telephone network, `seconds` long (0: one turn of its rhythm), as it sounds in
    `country`, such as US; empty: in that of the call's language."""

    name: SignalName
    seconds: float = 0.0
    country: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing, for so many `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a caller has said; `file` is what `record` gave."""

    file: str


@dataclass(frozen=True, slots=True)
class Given:
    """The prompts that the flow was given as its argument `name`; no line ever plays it."""

    name: str


Prompt = str | Text | Tone | File | Url | Signal | Silence | Recorded | Given


@dataclass(frozen=True, slots=True)
class Answer:
    """Accept the call (200 OK).  `Answered` follows, or `HungUp`."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Tell the caller how the unanswered call is getting on: `code` 180 (it rings), 181 (it is
    forwarded) or 182 (it waits in a queue), a reason phrase, and headers of this response alone."""

    code: int = 180
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Early:
    """Open the sound before the answer (183).  `EarlyMedia` follows, or `HungUp`."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play `prompts` one after the other without a gap.  `PlayDone` follows unless it is stopped.

    A prompt that cannot be had is replaced (its text, then a tone), never left out.  With `over`
    it does not take the place of what plays: that waits meanwhile, and goes on where it was.  It is
    `leg` that hears it, 0 for the caller.
    """

    id: int
    prompts: tuple[Prompt, ...]
    language: str = ""
    over: bool = False
    leg: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller.  `RecordDone` follows in every case, also after a hang-up.

    Ends by itself after `silence` seconds without sound (0: never) and, as a backstop, after
    `max_seconds`.  What is shorter than `min_seconds` is not kept: `RecordDone.file` is then empty.
    `name` is a label for the file, not a path.
    """

    id: int
    name: str
    max_seconds: float
    silence: float
    min_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RecordCall:
    """Record the whole call, both directions, until it ends.  `RecordDone` follows in every case.

    `name` is a label for the file, not a path.  `consent` is what told the caller so.
    """

    id: int
    name: str
    consent: tuple[Prompt, ...] = ()


@dataclass(frozen=True, slots=True)
class Mask:
    """Keep the sound out of the recording of the call, which goes on in silence; or no longer.

    The line lets the tone of the last key pass before it ends the silence.
    """

    on: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """End playback, recording, screening, referral or work `id` now.  Unknown ids are ignored."""

    id: int


@dataclass(frozen=True, slots=True)
class Listen:
    """Notice when the caller speaks, and have what he says recognised, until `Unlisten`.

    He may say one of `phrases`, or words of `loop` in any order and number, in `language`; what
    comes back may still be something else, and is for the flow to judge.  Each time he speaks,
    `SpeechStarted` follows after `begins_after` seconds of speech, and `Heard` once he was silent
    for `end_silence` seconds, or for `incomplete_silence` where what he said cannot be all, or
    after `longest` seconds of speech.  `ListenFailed` follows where that cannot be done.

    Without words nothing is recognised: `SpeechStarted` is all that follows.
    """

    phrases: tuple[str, ...] = ()
    loop: tuple[str, ...] = ()
    language: str = ""
    begins_after: float = 0.2
    end_silence: float = 0.3
    incomplete_silence: float = 1.0
    longest: float = 10.0

    @property
    def has_words(self) -> bool:
        """Whether there is anything to recognise."""
        return bool(self.phrases or self.loop)


@dataclass(frozen=True, slots=True)
class Unlisten:
    """Stop listening; what was said last is dropped."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Find out by the far end's voice who it is that answered.  `Screened` follows.

    It comes within `seconds`, or as soon as it is known.  After a `machine` the line goes on
    listening for its beep, until `Stop`.
    """

    id: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Dial:
    """Call the SIP URI `to`, on a leg of its own with the number `leg`, which counts from 1.

    `LegRinging` and `LegAnswered` follow as they come, and `LegEnded` in every case, unless the
    call ends before.  `caller_id` is the number that the far end is shown; empty: the caller's, or
    that of the `account`, if the call is made with one.
    """

    leg: int
    to: str
    caller_id: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """Let the caller and `leg` hear one another; `early`: the caller hears it, and it not him."""

    leg: int
    early: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Hang up on `leg`, or stop calling it.  Unknown legs are ignored; `LegEnded` follows not."""

    leg: int


@dataclass(frozen=True, slots=True)
class Refer:
    """Ask the caller's phone to call the SIP URI `to` (RFC 3515).  `ReferDone` follows.

    With a `leg` it is to take that leg's place there (RFC 3891): an attended transfer.
    """

    id: int
    to: str
    leg: int = 0


@dataclass(frozen=True, slots=True)
class Redirect:
    """End the unanswered call with a 3xx `code` and `contacts` (SIP or tel URIs), best first.

    A contact may have a preference of its own: ``<sip:a@b>;q=0.7`` (RFC 3261 20.10).
    """

    contacts: tuple[str, ...]
    code: int = 302
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """End the unanswered call with `code` (400-699), a reason phrase and extra headers."""

    code: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call: BYE after the answer, `code` before it.  `after` names a playback to let finish
    first, `by` who wants it: what `HungUp` says then."""

    after: int | None = None
    by: Literal["flow", "operator", "timeout"] = "flow"
    code: int = 480


@dataclass(frozen=True, slots=True)
class SendDigit:
    """Press a key for `leg`, 0 for the caller's end: 0-9, *, #, A-D, for `seconds`.

    `rfc4733`: as events among the sound; `info`: as a SIP INFO, each after the last one's answer.
    """

    digit: str
    by: DigitWay = "rfc4733"
    seconds: float = 0.1
    leg: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """Have a `job` (such as http, sql, python) done outside, within `seconds`.  `WorkDone` follows.

    `order` says what is to be done, in plain values: what JSON has, numbers, dates, times, and
    secrets, which are not written down.  After a `Stop` nobody waits for it any more.
    """

    id: int
    job: str
    order: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the call's journal: a state entered, a choice made, a fault."""

    kind: str
    detail: str = ""


Effect = (
    Answer
    | Ring
    | Early
    | Play
    | Record
    | RecordCall
    | Mask
    | Stop
    | Listen
    | Unlisten
    | Dial
    | Join
    | Drop
    | Refer
    | Screen
    | Redirect
    | Reject
    | HangUp
    | SendDigit
    | Work
    | Note
)

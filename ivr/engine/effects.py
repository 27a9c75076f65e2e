"""Intents that a call hands to the outside.  Nothing here does anything.

Whoever performs them never fails back into the engine: what goes wrong comes back as an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TransferMode = Literal["bridge", "refer", "refer_then_bridge"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words to be spoken, where a plain ``str`` names a prompt of the catalogue."""

    words: str


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine tone: `frequency` in hertz, `seconds` long."""

    frequency: int = 1000
    seconds: float = 0.3


Prompt = str | Text | Tone


@dataclass(frozen=True, slots=True)
class Answer:
    """Accept the call (200 OK).  `Answered` follows, or `HungUp`."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play `prompts` one after the other without a gap.  `PlayDone` follows unless it is stopped.

    A prompt that cannot be had is replaced (its text, then a tone), never left out.  With `over`
    it does not take the place of what plays: that waits meanwhile, and goes on where it was.
    """

    id: int
    prompts: tuple[Prompt, ...]
    language: str = ""
    over: bool = False


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
    """End playback, recording, screening or transfer `id` now.  Unknown ids are ignored."""

    id: int


@dataclass(frozen=True, slots=True)
class Listen:
    """Send the caller's voice to the recogniser; `words` are what may be said."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unlisten:
    """Stop recognising."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Find out by the far end's voice who it is that answered.  `Screened` follows.

    It comes within `seconds`, or as soon as it is known.  After a `machine` the line goes on
    listening for its beep, until `Stop`.
    """

    id: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the caller to the SIP URI `to`.  `TransferDone` follows, unless the call ends.

    `bridge`: call `to` ourselves, wait `ring` seconds for an answer and join both legs (`Joined`)
    until one leaves.  `refer`: ask the caller's phone to call `to` (RFC 3515).
    `refer_then_bridge`: bridge where the REFER fails.
    """

    id: int
    to: str
    ring: float
    mode: TransferMode = "bridge"


@dataclass(frozen=True, slots=True)
class Redirect:
    """End the unanswered call with a 3xx `code` and `contacts` (SIP or tel URIs), best first."""

    contacts: tuple[str, ...]
    code: int = 302
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """End the unanswered call with `code` (400-699), a reason phrase and extra headers."""

    code: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call: BYE after the answer, 480 before it.  `after` names a playback to let finish
    first, `by` who wants it: what `HungUp` says then."""

    after: int | None = None
    by: Literal["flow", "operator"] = "flow"


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the call's journal: a state entered, a choice made, a fault."""

    kind: str
    detail: str = ""


Effect = (
    Answer
    | Play
    | Record
    | RecordCall
    | Mask
    | Stop
    | Listen
    | Unlisten
    | Screen
    | Transfer
    | Redirect
    | Reject
    | HangUp
    | Note
)

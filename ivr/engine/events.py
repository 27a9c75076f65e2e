"""Facts that reach a call.  Nothing here does anything.

Times are not part of a fact: `Session.handle` takes the moment as an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .effects import Prompt

Finding = Literal["human", "machine", "beep", "silence"]
WorkOutcome = Literal["ok", "failed", "timeout"]
RecordEnd = Literal["stopped", "silence", "max_time", "hang_up", "error"]


@dataclass(frozen=True, slots=True)
class Offered:
    """A caller is ringing us, or we him (`direction`); the call is not answered yet.

    `caller` and `dialled` are the user parts of From and of the request URI, or the host where
    there is none.  `headers` has the INVITE's headers, names in lower case, the first of each.
    `wall` is the time of day at this moment, in seconds since 1970 (UTC).  `overrides` says of
    schedules, by name, that they are `open` or `closed` whatever their rules say; the call keeps
    to what it was offered with.

    `caller_lists` names the settings' lists that the caller is on, and `language` is the one that
    goes with his number or the dialled one; the flow's own beats it.

    Of a call that we make, `dialled` is whom we call and `caller` the number that he is shown;
    the flow begins when he answers.
    """

    caller: str
    dialled: str
    wall: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    direction: Literal["in", "out"] = "in"
    caller_lists: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is answered, by us or by whom we call, and media flows in both directions."""


@dataclass(frozen=True, slots=True)
class EarlyMedia:
    """The caller can hear us although the call is not answered.

    One whose INVITE offered no sound hears nothing; what is played to him is over at once.
    """


@dataclass(frozen=True, slots=True)
class Digit:
    """The caller pressed one key: 0-9, *, #, A-D."""

    key: str


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to speak; what he said comes later as `Heard`, if words are expected."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller has spoken, and this is what the recogniser made of it; empty: nothing.

    `confidence` is from 0 to 1.  `alternatives` are other texts that it may have been and how
    likely, best first.
    """

    text: str
    confidence: float = 1.0
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ListenFailed:
    """Nothing more is recognised of this turn, nor of what is said until the next `Listen`."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlayDone:
    """Playback `id` ran to its end.  Not sent for a playback that was stopped."""

    id: int


@dataclass(frozen=True, slots=True)
class RecordDone:
    """Recording `id` is closed and in place as `file`.

    `seconds` is what was kept after trimming.  `reason` is `stopped` after our `Stop`, `hang_up`
    when the call ended (`HungUp` follows at once), `error` when something went wrong: `detail` says
    what.  `file` is empty where nothing is kept.
    """

    id: int
    seconds: float
    reason: RecordEnd
    file: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Screened:
    """Screening `id` found something out.

    `human`: somebody spoke and waits for an answer, or cannot be told from one who does;
    `silence`: nobody said anything.  Neither is followed by more.  `machine`: a voice that goes on
    without a pause; its `beep`, at which a message begins, may follow, or come first.
    """

    id: int
    found: Finding


@dataclass(frozen=True, slots=True)
class LegRinging:
    """The far end of `leg` sent the provisional `code`; `early`: with sound of its own."""

    leg: int
    code: int = 180
    early: bool = False


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The far end of `leg` took the call, and there is sound both ways."""

    leg: int


@dataclass(frozen=True, slots=True)
class LegEnded:
    """`leg` is gone.  Not sent for one that was dropped.

    `code` is the SIP status with which the far end refused, 200 if it had answered, 0 where none
    came; `reason` adds what a code cannot say, such as `no_slot` or `not_allowed`.
    """

    leg: int
    code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LegDigit:
    """The far end of `leg` pressed one key."""

    leg: int
    key: str


@dataclass(frozen=True, slots=True)
class ReferDone:
    """Referral `id` came to its end: `code` is the final status that the caller's phone told.

    200: the phone talks to whom it was referred to, or has left to do so.  Another one: that far
    end's, or the phone's own refusal; 0 where none came, and `reason` says why.
    """

    id: int
    code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkDone:
    """Work `id` is over.  `value` is what came of it, in plain values; `reason` why it failed."""

    id: int
    outcome: WorkOutcome = "ok"
    value: Any = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call is gone.  Always the last event of a call.

    `by` is `caller`, `flow`, `operator`, `timeout`, `media_timeout`, `drain` or `error`; of a call
    that we made and nobody took, `far_end`, or `no_answer` when we gave up. `code` is the SIP
    status code, if one came (487 for a caller who gave up before the answer). `media` is how the
    sound was, as far as the line knows: `codec`, `packets_sent`, `packets_received`; of the
    caller's `packets_lost` and `packets_discarded` (too late, or too many at once), `jitter_ms` and
    `jitter_max_ms`; `round_trip_ms`; and `dtmf`, the way of the keys: `rfc4733`, `info`, `in-band`
    or `none`. `silent` is true where sound was missing, either way, 3 s after the answer. Empty
    where there was none.
    """

    by: str = "caller"
    code: int = 0
    reason: str = ""
    media: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """An operator moves the call to `state` of its flow, wherever it is now."""

    state: str


@dataclass(frozen=True, slots=True)
class Interjected:
    """An operator has `prompt` played to the caller once; the step goes on after it.

    The words of a `Text` are spoken as they are.
    """

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Dismissed:
    """An operator ends the call.  `HungUp` follows."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The deadline that the call asked for has passed."""


Event = (
    Offered
    | Answered
    | EarlyMedia
    | Digit
    | SpeechStarted
    | Heard
    | ListenFailed
    | PlayDone
    | RecordDone
    | LegRinging
    | LegAnswered
    | LegEnded
    | LegDigit
    | ReferDone
    | Screened
    | WorkDone
    | HungUp
    | Moved
    | Interjected
    | Dismissed
    | Tick
)

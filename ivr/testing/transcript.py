"""A simulated call in words: what the caller heard and did, and what lay behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any, Literal, NamedTuple

from ..engine import trace
from ..engine.call import Call
from ..engine.effects import (
    Dial,
    Effect,
    File,
    Given,
    HangUp,
    Join,
    Note,
    Prompt,
    Record,
    RecordCall,
    Recorded,
    Redirect,
    Refer,
    Reject,
    Ring,
    SendDigit,
    Signal,
    Silence,
    Text,
    Tone,
    Url,
)
from ..engine.events import (
    Answered,
    Digit,
    Dismissed,
    EarlyMedia,
    Event,
    HungUp,
    Interjected,
    ListenFailed,
    Moved,
    Offered,
    RecordDone,
    Screened,
)
from .values import Entry, Said, Sound

LAST = 10  # events and effects shown below a transcript
WIDEST = 110  # characters of each

_SCREENED = {
    "human": "is taken for a human",
    "machine": "is taken for a machine",
    "beep": "has beeped",
    "silence": "has said nothing",
}
_UNHEARD = {"lost": " (the flow is not listening)", "noticed": " (the flow listens for no words)"}
_OPEN, _CLOSED = Call("", reading=True), Call("")


class Line(NamedTuple):
    """One line of a transcript; `time` in seconds since the offer."""

    time: float
    kind: Literal["state", "hears", "does", "line", "fault"]
    text: str

    def __str__(self) -> str:
        return f"{clock(self.time)}  {self.text}"


def clock(seconds: float) -> str:
    """``00:07.2``: minutes and seconds since the call was offered."""
    tenths = int(seconds * 10 + 0.5)
    return f"{tenths // 600:02}:{tenths // 10 % 60:02}.{tenths % 10}"


def named(prompt: Prompt) -> str:
    """*prompt* as one would write it down: ``welcome``, ``"words to be spoken"``, ``a tone``."""
    match prompt:
        case Text(words):
            return f'"{words}"'
        case Tone():
            return "a tone"
        case Signal(name):
            return f"a {name} tone"
        case Silence(seconds):
            return f"{seconds:g} s of silence"
        case File(path) | Recorded(path):
            return path.rpartition("/")[2]
        case Url(url):
            return url
        case Given(name):
            return f"the argument {name}"
    return prompt


def transcript(log: Iterable[Entry], sounds: Iterable[Sound]) -> list[Line]:
    """What the caller heard and did, in order."""
    lines: list[Line] = []
    for time, thing, _ in log:
        line = told(time, thing)
        if line is None:
            continue
        before = lines[-1] if lines else None
        if isinstance(thing, Digit) and before is not None and before.text.startswith("presses "):
            lines[-1] = before._replace(text=before.text + thing.key)
        else:
            lines.append(line)
    lines += [Line(sound.begin, "hears", _heard(sound)) for sound in sounds]
    # A prompt comes after the state that plays it, and after the key that led there.
    return sorted(lines, key=lambda line: (round(line.time, 6), line.kind == "hears"))


def told(time: float, thing: Event | Effect | Said) -> Line | None:
    """*thing* in words; None for what the caller does not notice, and for prompts."""
    match thing:
        case Said(text, confidence, fate):
            heard = f" (confidence {confidence:g})" if fate == "heard" else ""
            what = f'says "{text}"' if text else "mumbles"
            return Line(time, "does", f"{what}{heard}{_UNHEARD.get(fate, '')}")
        case ListenFailed(reason):
            return Line(time, "line", f"is not recognised any more: {reason}")
        case Note("state", state):
            return Line(time, "state", f"[{state}]")
        case Note("failed", detail):
            return Line(time, "fault", f"the flow fails: {detail}")
        case Ring(code, reason):
            return Line(time, "line", f"is told {code} {reason}".rstrip())
        case SendDigit(digit, leg=0):
            return Line(time, "line", f"is sent {digit}")
        case Record(name=name):
            return Line(time, "line", f"is recorded as {name}")
        case RecordCall(name=name):
            return Line(time, "line", f"the call is recorded as {name}")
        case HangUp() | Redirect() | Reject():
            return Line(time, "line", ending(thing))
    return _told_event(time, thing) if isinstance(thing, Event) else _told_transfer(time, thing)


def _told_transfer(time: float, effect: Effect) -> Line | None:
    match effect:
        case Dial(to=to):
            return Line(time, "line", f"is transferred to {to}")
        case Refer(to=to):
            return Line(time, "line", f"is referred to {to}")
        case Join(early=False):
            return Line(time, "line", "talks to the far end")
        case Note("transfer", detail):
            return Line(time, "line", f"transfer: {detail}")
    return None


def _told_event(time: float, event: Event) -> Line | None:
    match event:
        case Offered(caller, dialled, wall, direction=direction):
            day = datetime.fromtimestamp(wall, UTC).strftime("%a %Y-%m-%d %H:%M UTC")
            if direction == "out":
                return Line(time, "line", f"is called at {dialled} by {caller}, {day}")
            return Line(time, "does", f"calls {dialled} from {caller}, {day}")
        case Answered():
            return Line(time, "line", "is answered")
        case EarlyMedia():
            return Line(time, "line", "can hear before the answer")
        case Digit(key):
            return Line(time, "does", f"presses {key}")
        case HungUp("far_end" | "no_answer", code):
            return Line(time, "does", f"does not answer: {code}")
        case HungUp("caller"):
            return Line(time, "does", "hangs up")
        case RecordDone(file=file, seconds=seconds, reason=reason):
            kept = f"{seconds:.1f} s kept as {file}" if file else "nothing kept"
            return Line(time, "line", f"recording ends ({reason}): {kept}")
    return _told_order(time, event)


def _told_order(time: float, event: Event) -> Line | None:
    match event:
        case Moved(state):
            return Line(time, "line", f"is moved to {state} by an operator")
        case Interjected(prompt):
            return Line(time, "line", f"is interrupted by an operator with {named(prompt)}")
        case Screened(found=found):
            return Line(time, "line", _SCREENED[found])
        case Dismissed():
            return Line(time, "line", "is dismissed by an operator")
    return None


def ending(effect: Effect | None) -> str:
    """How the flow ended the call, from the caller's side."""
    match effect:
        case HangUp():
            return "is hung up on"
        case Redirect(contacts, code):
            return f"is redirected to {', '.join(contacts)} with {code}"
        case Reject(code, reason):
            return f"is rejected with {code} {reason}".rstrip()
    return "hangs up"


def last_events(log: Sequence[Entry], count: int = LAST) -> list[str]:
    """The last of what went into and came out of the engine."""
    known = [entry for entry in log if not isinstance(entry[1], Said)]
    return [f"{time:9.3f}  {shorten(str(thing), WIDEST)}" for time, thing, _ in known[-count:]]


def journal(log: Iterable[Entry]) -> list[dict[str, Any]]:
    """The same lines as the journal of a real call, masked the same way."""
    lines = []
    for time, thing, shown in log:
        if isinstance(thing, Said):
            continue
        if isinstance(thing, Event):
            line = trace.of_event(thing, _OPEN if shown else _CLOSED)
        else:
            line = trace.of_effect(thing)
        lines.append({"at": round(time, 3), **line})
    return lines


def _heard(sound: Sound) -> str:
    cut = f" (cut off after {sound.end - sound.begin:.1f} s)" if sound.cut else ""
    return f"hears {named(sound.prompt)}{cut}"

"""A journal in words: what happened in a call, and why it went where it went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from ..engine import trace
from ..store.record import LONGEST, Line, amount

Told = tuple[float, str]
"""Seconds since the offer, and words."""

HAPPENED = {
    "offered": "{caller} calls {dialled}",
    "offered out": "{dialled} is called",
    "leg_ringing out": "it rings ({code})",
    "answered": "is answered",
    "early_media": "can hear before the answer",
    "digit": "presses {key}",
    "heard": 'says "{text}"',
    "record_done": "recording ends ({reason}): {seconds} s kept as {file}",
    "moved": "an operator moves the call to {state}",
    "interjected": "an operator has {prompt} played",
    "dismissed": "an operator ends the call",
    "hung_up": "the call is over, by {by} {code} {reason}",
}
DONE = {
    "ring": "is told {code} {reason}",
    "send_digit": "is sent {digit}",
    "play": "hears {prompts}",
    "record": "is recorded as {name}",
    "record_call": "the call is recorded as {name}",
    "dial": "is transferred to {to}",
    "join": "talks to the far end",
    "refer": "is referred to {to}",
    "hang_up": "the {by} hangs up",
    "reject": "is rejected with {code} {reason}",
    "redirect": "is redirected to {contacts} with {code}",
}
# The same, where it is the far end of a transfer that it is about.
FAR_END = {
    **DONE,
    "play": "the far end hears {prompts}",
    "send_digit": "the far end is sent a key",
    "join": "hears the far end",
}
ENDS = ("hang_up", "reject", "redirect")
WHO = {
    "typed": "by its keys",
    "heard": "by what was said",
    "empty": "by the terminator alone",
    "no_match": "nothing that is asked for begins so",
    "cut": "the call did not wait for more",
}


def story(lines: Iterable[Line]) -> Iterator[Told]:
    """All that a person would tell of the call."""
    for line in lines:
        effect, kind = line.get("effect"), line.get("kind")
        if effect == "note":
            text = "[{detail}]" if kind in ("state", "back") else "  {kind}: {detail}"
        else:
            done = FAR_END if line.get("leg") or line.get("early") else DONE
            text = HAPPENED.get(_happened(line), "") or done.get(str(effect), "")
        if text:
            yield _at(line), _filled(text, line)


def decisions(lines: Iterable[Line]) -> Iterator[Told]:
    """State by state, what decided where the call went next."""
    timer = ""
    for line in lines:
        at, detail = _at(line), str(line.get("detail", ""))
        match line.get("kind") if line.get("effect") == "note" else None:
            case "state" | "back":
                yield at, f"[{detail}]"
            case "outcome":
                yield at, f"  -> {detail}"
            case "timer":
                timer = detail
            case "entry":
                how = detail.partition(" ")[0]
                yield at, f"  {detail}: {f'{timer} ran out' if timer else WHO.get(how, '')}"
                timer = ""
            case "end" | "variables":
                pass
            case None:
                if line.get("event") in ("moved", "dismissed", "hung_up"):
                    yield at, _filled(HAPPENED[line["event"]], line)
                elif line.get("effect") in ENDS:
                    yield at, "  " + _filled(DONE[line["effect"]], line)
            case kind:
                yield at, f"  {kind}: {detail}"


def _happened(line: Line) -> str:
    """The name of an event; what it means is another in a call that we make."""
    event = str(line.get("event"))
    is_out = line.get("direction") == "out" or (event == "leg_ringing" and line.get("leg") == 0)
    return f"{event} out" if is_out else event


def _at(line: Line) -> float:
    return amount(line.get("at"), LONGEST)


def _filled(text: str, line: Line) -> str:
    known = defaultdict(str, {name: _words(value) for name, value in line.items()})
    return text.format_map(known).rstrip()


def _words(value: Any) -> str:
    match value:
        case trace.MASK:  # in a journal, which has the key * as well
            return "a key"
        case list():
            return ", ".join(map(_words, value))
        case {"text": words}:
            return f'"{words}"'
        case {"tone": _}:
            return "a tone"
        case 0:
            return ""
    return str(value)

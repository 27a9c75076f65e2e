"""ivr trace: the SIP messages of a call, drawn as a ladder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..config import load_settings
from ..engine.errors import SettingsError
from ..store.record import LONGEST, Line, amount
from .calls import journal
from .output import as_json, printable

LANE = 46  # columns from one party to the next
TIME = 11
MOST_LEGS = 20


def run(file: Path, call_id: str, json: bool) -> None:
    lines = journal(load_settings(file), call_id)
    messages = [line for line in lines if isinstance(line.get("sip"), str)]
    if json:
        as_json(messages)
        return
    if not messages:
        raise SettingsError(f"the journal of {call_id} has no SIP messages: an older ivr wrote it")
    caller = next(
        (str(line.get("caller", "")) for line in lines if line.get("event") == "offered"), ""
    )
    for text in ladder(messages, caller):
        print(printable(text))


def ladder(messages: Iterable[Line], caller: str) -> Iterator[str]:
    """The rows: who takes part, then an arrow for each message, and what its SDP says of audio.

    A message that was repeated has one arrow, with the number of times and the last of them.
    """
    told = sorted(messages, key=_at)
    legs = sorted({_leg(line) for line in told} | {0})
    lanes = {leg: TIME + LANE * (number + (number > 0)) for number, leg in enumerate(legs)}
    ours = TIME + LANE
    names = {lanes[leg]: _far_end(leg, told) for leg in legs if leg}
    yield _heads({TIME: caller or "caller", ours: "ivr", **names})
    for first, times, last in _folded(told):
        often = f"  {times} times, the last at {_clock(_at(last))}" if times > 1 else ""
        theirs = lanes[_leg(first)]
        ends = (ours, theirs) if first.get("sent") else (theirs, ours)
        rails = [ours, *lanes.values()]
        yield _clock(_at(first)).ljust(TIME) + _arrow(rails, *ends, _label(first)) + often
        if media := first.get("media"):
            yield " " * TIME + _rails(rails, ends, f" {media}".center(_inside(ends)))


def _folded(told: Iterable[Line]) -> Iterator[tuple[Line, int, Line]]:
    """Each message, how many times it was seen, and the last of these."""
    found: list[list[Line]] = []
    latest: dict[object, list[Line]] = {}
    for line in told:
        key = (_leg(line), bool(line.get("sent")), line["sip"], str(line.get("cseq")))
        if line.get("again") and key in latest:
            latest[key].append(line)
        else:
            latest[key] = [line]
            found.append(latest[key])
    for lines in found:
        yield lines[0], len(lines), lines[-1]


def _heads(names: dict[int, str]) -> str:
    head = ""
    for column, name in sorted(names.items()):
        head = head.ljust(column) + _fit(name, LANE - 2)
    return head


def _arrow(rails: list[int], start: int, end: int, label: str) -> str:
    inside = _inside((start, end))
    body = f" {_fit(label, inside - 6)} ".center(inside - 1, "-")
    return _rails(rails, (start, end), f"{body}>" if start < end else f"<{body}")


def _rails(rails: list[int], ends: tuple[int, int], between: str) -> str:
    """*between* from end to end, and the other rails beside it."""
    signs = [" "] * (max(rails) - TIME + 1)
    for rail in rails:
        signs[rail - TIME] = "|"
    left = min(ends) - TIME + 1
    text = _fit(between, _inside(ends))
    signs[left : left + len(text)] = text
    return "".join(signs)


def _inside(ends: tuple[int, int]) -> int:
    return abs(ends[0] - ends[1]) - 1


def _label(line: Line) -> str:
    """A request without its version; a response without it, and with its method."""
    text = str(line["sip"])
    if text.startswith("SIP/2.0 "):
        method = str(line.get("cseq", "")).rpartition(" ")[2]
        return text.removeprefix("SIP/2.0 ") + (f" ({method})" if method else "")
    return text.removesuffix(" SIP/2.0")


def _far_end(leg: int, told: Iterable[Line]) -> str:
    for line in told:
        words = str(line["sip"]).split()
        if _leg(line) == leg and words[:1] == ["INVITE"] and len(words) > 1:
            return f"{leg}: {words[1]}"
    return f"{leg}:"


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _at(line: Line) -> float:
    return amount(line.get("at"), LONGEST)


def _leg(line: Line) -> int:
    return int(amount(line.get("leg"), MOST_LEGS))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02d}:{rest:06.3f}"

"""Questions that take too long, or cannot be answered as they say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ...engine.choices import Choice, Choices
from ...engine.codes import Code
from ...engine.errors import Fault
from ...engine.key_patterns import KeyPattern, key_patterns
from ...engine.state import Act, State
from .acts import Look, told

LONG_QUESTION = 30.0  # seconds; who hears the last option has forgotten the first
LONG_BARRED = 15.0  # seconds that a caller is made to listen to
QUESTIONS = ("ask", "collect", "confirm")
_MOST = 1000  # keys that are tried of a pattern


def long_questions(look: Look, state: State, act: Act) -> Iterator[Fault]:
    if act.verb.name in QUESTIONS:
        seconds = look.seconds_of(look.question(act))
        if seconds > LONG_QUESTION:
            yield act.place.fault(
                f"{act.verb.name}: the question takes about {seconds:.0f} s, and the wait for an"
                f" answer begins behind it; expected at most {LONG_QUESTION:.0f} s: ask two"
                " questions, one after the other",
                Code.LONG_QUESTION,
            )


def long_barred(look: Look, state: State, act: Act) -> Iterator[Fault]:
    if act.verb.name in (*QUESTIONS, "say") and told(act, "barge_in") == "none":
        seconds = look.seconds_of(look.question(act))
        if seconds > LONG_BARRED:
            yield act.place.fault(
                f"{act.verb.name}: with barge_in: none callers have to hear about {seconds:.0f} s,"
                f" every time; expected at most {LONG_BARRED:.0f} s: leave barge_in out, or bar"
                " only the sentence that matters",
                Code.LONG_WITHOUT_BARGE_IN,
            )


def no_time(look: Look, state: State, act: Act) -> Iterator[Fault]:
    """Entries of several keys, and no time for the second one."""
    takes = ("ask", "collect", "authenticate")
    if act.verb.name in takes and told(act, "inter_digit") == 0 and _several_keys(act):
        yield act.place.fault(
            f"{act.verb.name}: inter_digit: 0 leaves no time for a second key, so that no entry of"
            " several can be typed; leave it out, or expect one key",
            Code.NO_TIME_FOR_KEYS,
        )


def _several_keys(act: Act) -> bool:
    if act.verb.name == "ask":
        choices: Choices = told(act, "choices")
        return any(len(key) > 1 for key in choices.by_key) or any(
            len(each.places) + each.is_open > 1 for each in _patterns(choices)
        )
    if told(act, "type") == "boolean":
        return False
    return 1 not in (told(act, "length"), told(act, "max"))


def _patterns(choices: Choices) -> Iterator[KeyPattern]:
    for choice in choices.table.values():
        for key in choice.keys:
            if key not in choices.by_key:
                yield from key_patterns(key)


def hidden_choices(look: Look, state: State, act: Act) -> Iterator[Fault]:
    """Choices whose keys all mean another one."""
    if act.verb.name != "ask":
        return
    own: Choices = told(act, "choices")
    offered = look.flow.universal.table if told(act, "universal") else {}
    of_flow = {name: each for name, each in offered.items() if name not in own.table}
    for name, choice in (*own.table.items(), *of_flow.items()):
        taken = _taken(own, name, choice)
        if taken:
            what = "the universal choice" if name in of_flow else "the choice"
            yield act.place.fault(
                f"ask: {what} {name!r} cannot be pressed: {taken}; give it a key of its own",
                Code.HIDDEN_CHOICE,
            )


def _taken(own: Choices, name: str, choice: Choice) -> str:
    """What each key of *choice* means instead; empty: one of them means *choice*."""
    found: dict[str, str] = {}
    for way in choice.keys:
        for keys in [way] if way in own.by_key else _spelled(way):
            other = own.typed(keys)
            if other in ("", name):
                return ""
            found[keys] = other
    return ", ".join(f"{keys} is {other!r}" for keys, other in list(found.items())[:3])


def _spelled(way: str) -> Iterator[str]:
    """The first entries that a key or a pattern accepts."""
    if set(way) <= set("0123456789*#ABCD"):
        yield way
        return
    tried = 0
    for pattern in key_patterns(way):
        if pattern.is_open:
            yield ""  # there is always a longer one
        for keys in product(*pattern.places):
            yield "".join(keys)
            tried += 1
            if tried == _MOST:
                yield ""
                return

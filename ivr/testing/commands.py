"""What can be typed while one is the caller, in a line or on a screen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import get_args

from ..engine.events import WorkOutcome
from ..engine.far_end import OUTCOMES
from .handset import Handset, Refused
from .steps import STEPS

HELP = """\
[bold]0-9 * #[/]           press keys
[bold](an empty line)[/]   let time pass until something happens
[bold]+5[/], [bold]wait 5[/]        let 5 seconds pass
[bold]step[/]              let time pass until anything happens, also inside
[bold]go on[/]             let time pass until something is wanted of you, or to a breakpoint
[bold]back[/]              take back the last command
[bold]break[/] menu        stop at this state, or no longer; [bold]break[/]: list them
[bold]say[/] some words    say them; on a recording they are kept
[bold]transfer busy[/]     decide a running transfer: answered, busy, no_answer, rejected,
                  unreachable, failed
[bold]work ok[/] {"a": 1}  decide what is being done outside: ok and what comes of it (JSON),
                  failed and why, or timeout
[bold]hang up[/]           end the call; so does the end of the input
[bold]is_moved_to: menu[/] any sentence of a story
[bold]save[/] a name       write down the story so far as a test of the flow
[bold]help[/]              this list"""

Save = Callable[[Handset, str], str]
"""Writes a story down under a name, and says where it is."""
_Command = Callable[[Handset, str], str | None]


def obey(phone: Handset, command: str, save: Save | None = None) -> str:
    """Do what was typed; returns what there is to say about it.  Raises `Refused`."""
    if command.lower() == "back":
        return "" if phone.take_back() else "this is the beginning"
    phone.mark()
    known = {**_COMMANDS, **({r"save\b(.*)": save} if save else {})}
    for pattern, does in known.items():
        if found := re.fullmatch(pattern, command, re.IGNORECASE | re.DOTALL):
            rest = found[1] if found.lastindex else command
            return does(phone, rest.strip()) or ""
    raise Refused(f"{command!r} is no command; help lists them")


def _press(phone: Handset, keys: str) -> None:
    for key in keys:
        phone.press(key)


def _passed(something: bool) -> str:
    return "" if something else "nothing more happens by itself"


def _decide(phone: Handset, outcome: str) -> None:
    phone.decide(_known(outcome.replace(" ", "_"), OUTCOMES))


def _break(phone: Handset, state: str) -> str:
    states, points = phone.call.flow.path_names, phone.breakpoints
    if not state:
        return f"stops at {', '.join(sorted(points))}" if points else "there are no breakpoints"
    if state not in states:
        raise Refused(f"no such state: {state!r}; expected one of {', '.join(sorted(states))}")
    points ^= {state}
    return f"stops at {state}" if state in points else f"no longer stops at {state}"


def _finish(phone: Handset, rest: str) -> None:
    """What comes of the work that the flow waits for."""
    outcome, _, said = rest.partition(" ")
    if phone.line.jobs:
        _known(outcome, get_args(WorkOutcome))
    if outcome != "ok":
        return phone.finish(outcome, reason=said.strip())
    try:
        phone.finish("ok", json.loads(said or "null"))
    except ValueError:
        raise Refused(f'{said!r} is no JSON; such as {{"a": 1}}') from None


def _known(outcome: str, outcomes: tuple[str, ...]) -> str:
    if outcome not in outcomes:
        raise Refused(f"no such result; expected one of {', '.join(outcomes)}")
    return outcome


_COMMANDS: Mapping[str, _Command] = {
    r"": lambda phone, _: _passed(phone.next()),
    r"(?:\+|wait\s+)([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*s?": lambda phone, s: phone.wait(float(s)),
    r"[0-9*#]+": _press,
    rf"(?:{'|'.join(STEPS)})(?::.*)?": Handset.tell,
    r"step": lambda phone, _: _passed(phone.step()),
    r"go on": lambda phone, _: _passed(phone.go_on() != "nothing"),
    r"break\b(.*)": _break,
    r"say\s+(.+)": Handset.say,
    r"transfer\b(.*)": _decide,
    r"work\b(.*)": _finish,
    r"hang ?up|bye": lambda phone, _: phone.hang_up(),
}

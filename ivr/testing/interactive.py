"""Be the caller: a simulated call in the terminal.

The clock stands still while you think.  Keys are pressed at once; an empty line lets time pass
until something happens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import get_args

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..engine.effects import Effect, Note, Play, Prompt, Work
from ..engine.events import Event, PlayDone, WorkDone, WorkOutcome
from ..engine.far_end import OUTCOMES
from ..engine.flow import Flow
from ..engine.phase import KEYS
from .hearing import seconds_of
from .jobs import TAKES
from .line import NOTHING, SimulatedLine
from .simulated_call import MONDAY
from .transcript import clock, named, told
from .transfers import CODES, FAR_END
from .values import Said

HELP = """\
[bold]0-9 * #[/]           press keys
[bold](an empty line)[/]   let time pass until something happens
[bold]+5[/], [bold]wait 5[/]        let 5 seconds pass
[bold]say[/] some words    say them; on a recording they are kept
[bold]transfer busy[/]     decide a running transfer: answered, busy, no_answer, rejected,
                  unreachable, failed
[bold]work ok[/] {"a": 1}  decide what is being done outside: ok and what comes of it (JSON),
                  failed and why, or timeout
[bold]hang up[/]           end the call; so does the end of the input
[bold]help[/]              this list"""
TALK = 30.0  # seconds that a conversation lasts after an answered transfer
ACCEPTS = "1"  # the key that who answers presses, asked or not

_STYLES = {
    "state": "bold cyan",
    "hears": "green",
    "does": "bold",
    "line": "yellow",
    "fault": "bold red",
}
# Notes that other lines say as well.
_TOLD = ("state", "outcome", "failed", "end", "transfer", "recorded")
_KEYS = re.compile(r"[0-9*#]+")
_WAIT = re.compile(r"(?:\+|wait\s+)([0-9]{1,5}(?:\.[0-9]+)?)\s*s?")


def be_the_caller(
    flow: Flow,
    lines: Iterable[str] | Callable[[str], str],
    console: Console,
    *,
    texts: Mapping[str, str] = NOTHING,
    at: datetime = MONDAY,
    caller: str = "+15550100",
    dialled: str = "100",
) -> SimulatedLine:
    """Call *flow*, with *lines* as the caller's commands, until the call is over.

    *lines* may be a function that asks for one, such as ``input``: it is given a plain prompt
    and raises EOFError at the end.  *texts*: what prompts say, by name.  Returns the line, on which
    everything that happened is to be seen.
    """
    durations = {name: seconds_of(text) for name, text in texts.items()}
    talk = _Talk(SimulatedLine(flow, durations), console, texts)
    talk.line.offer(at, caller, dialled, NOTHING)
    talk.show()
    for command in _commands(talk, lines):
        talk.obey(command.strip())
        talk.show()
        if talk.line.over:
            break
    else:
        talk.line.hang_up()
        talk.show()
    console.print(f"[dim]{talk.now}[/] the call is over, ended by the {talk.line.session.ended_by}")
    for message in talk.line.messages:
        console.print(f"[dim]{talk.now}[/] kept: {message.file}, {message.seconds:.1f} s")
    return talk.line


def _commands(talk: _Talk, lines: Iterable[str] | Callable[[str], str]) -> Iterable[str]:
    if not callable(lines):
        yield from lines
        return
    while True:
        try:
            yield lines(f"[{talk.now}] {talk.line.session.state or 'ringing'} ▸ ")
        except (EOFError, KeyboardInterrupt):
            return


class _Talk:
    """One call in the terminal."""

    def __init__(self, line: SimulatedLine, console: Console, texts: Mapping[str, str]) -> None:
        self.line = line
        self.console = console
        self.texts = texts
        self._shown = 0  # entries of the line's log

    @property
    def now(self) -> str:
        return clock(self.line.now)

    def obey(self, command: str) -> None:
        """Do what the caller typed."""
        line, word = self.line, command.partition(" ")[0].lower()
        waited = _WAIT.fullmatch(command.lower())
        if not command:
            self._wait_for_something()
        elif waited:
            line.pass_until(line.now + float(waited[1]))
        elif _KEYS.fullmatch(command):
            self._press(command)
        elif word == "say" and command[4:].strip():
            line.say(command[4:].strip(), 1.0)
        elif word == "transfer":
            self._decide(command[9:].strip().replace(" ", "_"))
        elif word == "work":
            self._finish(command[4:].strip())
        elif command.lower() in ("hang up", "hangup", "bye"):
            line.hang_up()
        elif word in ("help", "?"):
            self.console.print(HELP)
        else:
            self.console.print(f"[red]{escape(repr(command))} is no command;[/] help lists them")

    def show(self) -> None:
        """Print what has happened since the last time."""
        for time, thing, _ in self.line.log[self._shown :]:
            if isinstance(thing, Play):
                for prompt in thing.prompts:
                    self._print(time, self._spoken(prompt), "green")
            elif isinstance(thing, Note) and thing.kind not in _TOLD:
                self._print(time, f"{thing.kind}: {thing.detail}".rstrip(": "), "dim")
            else:
                line = told(time, thing)
                if line is not None:
                    self._print(time, line.text, _STYLES[line.kind])
        if self._shown < len(self.line.log):
            self._shown = len(self.line.log)
            self._hint()

    def _hint(self) -> None:
        """What would happen by itself, where the caller has a say in it."""
        line = self.line
        if line.far_ends.undecided:
            self._print(line.now, f"… it rings; decide it: transfer {'|'.join(OUTCOMES)}", "dim")
        elif line.jobs:
            work = line.jobs[0]
            said = f"… {work.job} {_asked(work)}"
            self._print(line.now, f"{said}; decide it: work ok {{…}}|failed why|timeout", "dim")
        elif line.session.call.asking and line.playing is None and line.session.deadline:
            seconds = line.session.deadline - line.now
            self._print(line.now, f"… waits {seconds:.1f} s for an answer", "dim")

    def _print(self, time: float, text: str, style: str) -> None:
        row = Table.grid(padding=(0, 2))
        row.add_row(f"[dim]{clock(time)}[/]", f"[{style}]{escape(text)}[/]")
        self.console.print(row)

    def _spoken(self, prompt: Prompt) -> str:
        text = self.texts.get(prompt, "") if isinstance(prompt, str) else ""
        return f'♪ {named(prompt)}: "{text}"' if text else f"♪ {named(prompt)}"

    def _wait_for_something(self) -> None:
        """Let time pass until there is something to show, or nothing more to come."""
        log = self.line.log
        before = len(log)
        while self.line.step():
            if any(_is_news(time, thing) for time, thing, _ in log[before:]):
                return
        if not self.line.over:
            self.console.print("[dim]nothing more happens by itself[/]")

    def _press(self, keys: str) -> None:
        line = self.line
        if line.session.call.phase not in KEYS.phases:
            self.console.print("[red]nobody has answered yet;[/] an empty line lets time pass")
            return
        for number, key in enumerate(keys):
            if number:
                line.pass_until(line.now + 0.25)
            line.press(key)

    def _decide(self, outcome: str) -> None:
        line = self.line
        if not line.far_ends.undecided:
            self.console.print("[red]no transfer is running[/]")
            return
        known = next((each for each in OUTCOMES if each == outcome), None)
        if known is None:
            self.console.print(f"[red]no such result;[/] expected one of {', '.join(OUTCOMES)}")
            return
        one = line.far_ends.undecided[0]
        if known != "no_answer":
            due = line.now + FAR_END
            line.far_ends.decide(one, due, known, CODES[known], TALK, ACCEPTS)
        while one in line.far_ends.there and line.step():
            pass

    def _finish(self, command: str) -> None:
        """What comes of the work that the flow waits for."""
        line, (outcome, _, rest) = self.line, command.partition(" ")
        if not line.jobs:
            self.console.print("[red]nothing is being done outside[/]")
            return
        known = next((each for each in get_args(WorkOutcome) if each == outcome), None)
        value, reason = None, rest.strip()
        if known == "ok":
            try:
                value, reason = json.loads(reason or "null", parse_float=Decimal), ""
            except ValueError:
                self.console.print(f"[red]{escape(repr(rest))} is no JSON;[/] such as {{'a': 1}}")
                return
        if known is None:
            expected = ", ".join(get_args(WorkOutcome))
            self.console.print(f"[red]no such result;[/] expected one of {expected}")
            return
        work = line.jobs[0]
        line.finish(work, WorkDone(work.id, known, value, reason), TAKES)
        while work in line.jobs and line.step():
            pass


def _asked(work: Work) -> str:
    """What is being done, in short."""
    for key in ("url", "webhook", "function", "query"):
        if key in work.order:
            return str(work.order[key])[:60]
    return ""


def _is_news(time: float, thing: Event | Effect | Said) -> bool:
    """Whether the caller notices it, or the author wants to see it."""
    return isinstance(thing, Play | PlayDone | Note | Work) or told(time, thing) is not None

"""Be the caller: a simulated call in the terminal, a line at a time.

The clock stands still while you think.  Keys are pressed at once; an empty line lets time pass
until something happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .commands import HELP, Save, obey
from .handset import Handset, Refused
from .shown import hint, shown
from .transcript import clock


def hold(
    phone: Handset,
    lines: Iterable[str] | Callable[[str], str],
    console: Console,
    save: Save | None = None,
) -> None:
    """Go on with the call of *phone*, with *lines* as the caller's commands, until it is over.

    *lines* may be a function that asks for one, such as ``input``: it is given a plain prompt
    and raises EOFError at the end.  *save* writes down the story so far.
    """
    talk = _Talk(phone, console, save)
    talk.show()
    for command in _commands(talk, lines):
        talk.obey(command.strip())
        talk.show()
        if phone.line.over:
            break
    else:
        phone.hang_up()
        talk.show()
    line = phone.line
    console.print(f"[dim]{talk.now}[/] the call is over, ended by the {line.session.ended_by}")
    for message in line.messages:
        console.print(f"[dim]{talk.now}[/] kept: {message.file}, {message.seconds:.1f} s")


def _commands(talk: _Talk, lines: Iterable[str] | Callable[[str], str]) -> Iterable[str]:
    if not callable(lines):
        yield from lines
        return
    while True:
        try:
            yield lines(f"[{talk.now}] {talk.phone.call.state or 'ringing'} ▸ ")
        except (EOFError, KeyboardInterrupt):
            return


class _Talk:
    """One call in the terminal."""

    def __init__(self, phone: Handset, console: Console, save: Save | None) -> None:
        self.phone = phone
        self.console = console
        self.save = save
        self._shown = 0  # entries of the line's log

    @property
    def now(self) -> str:
        return clock(self.phone.line.now)

    def obey(self, command: str) -> None:
        """Do what the caller typed."""
        if command in ("help", "?"):
            self.console.print(HELP)
            return
        try:
            said = obey(self.phone, command, self.save)
        except Refused as refusal:
            head, semicolon, rest = escape(str(refusal)).partition(";")
            self.console.print(f"[red]{head}{semicolon}[/]{rest}")
        else:
            if said:
                self.console.print(f"[dim]{escape(said)}[/]")

    def show(self) -> None:
        """Print what has happened since the last time."""
        line = self.phone.line
        if len(line.log) < self._shown:  # something was taken back
            self._print(line.now, f"[{self.phone.call.state}]", "bold cyan")
        for each in shown(line.log[self._shown :], self.phone.texts):
            self._print(*each)
        if self._shown != len(line.log):
            self._shown = len(line.log)
            if text := hint(line):
                self._print(line.now, text, "dim")

    def _print(self, time: float, text: str, style: str) -> None:
        row = Table.grid(padding=(0, 2))
        row.add_row(f"[dim]{clock(time)}[/]", f"[{style}]{escape(text)}[/]")
        self.console.print(row)

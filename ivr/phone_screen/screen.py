"""The screen: keys to press, what is heard, where the call is, and what it knows."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Footer, Input, OptionList, RichLog, Static

from ..engine.digits import KEYS
from ..testing.commands import HELP, Save, obey
from ..testing.handset import Handset, Refused
from ..testing.shown import hint, shown
from ..testing.transcript import clock
from .state_map import StateMap

PAD = "123456789*0#"
CLOCK = {"Next": "", "Go on": "go on", "Step": "step", "+1 s": "+1", "Back": "back"}
_NAMES = {"*": "star", "#": "pound"}  # an id has letters and digits


class PhoneScreen(App[None]):
    """The call of *phone*; *save* writes a story down."""

    CSS_PATH = "screen.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "obey('')", "Next"),
        Binding("g", "obey('go on')", "Go on"),
        Binding("s", "obey('step')", "Step"),
        Binding("plus", "obey('+1')", "+1 s"),
        Binding("u", "obey('back')", "Back"),
        Binding("b", "toggle_breakpoint", "Breakpoint"),
        Binding("h", "obey('hang up')", "Hang up"),
        Binding("slash", "type('')", "Type"),
        Binding("w", "type('save ')", "Save"),
        Binding("question_mark", "help", "Help"),
        Binding("q", "quit", "Quit"),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, phone: Handset, save: Save | None = None) -> None:
        super().__init__()
        self.phone = phone
        self.save = save

    def compose(self) -> ComposeResult:
        yield Static(id="status")
        with Horizontal():
            with Vertical(id="phone"):
                with Grid(id="keypad"):
                    for key in PAD:
                        yield _button(key, key)
                with Grid(id="clock"):
                    for label, command in CLOCK.items():
                        yield _button(label, command)
                    yield _button("Hang up", "hang up")
            yield RichLog(id="transcript", wrap=True, min_width=0)
            with Vertical(id="inside"):
                yield StateMap(self.phone.call.flow, id="map")
                yield Static(id="variables")
        yield Input(
            placeholder="/ to type: say sales, transfer busy, work ok {…}",
            id="command",
            select_on_focus=False,
        )
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        offer = self.phone.offer
        told = self.query_one("#transcript", RichLog)
        told.border_title = f"{offer['caller']} calls {offer['dialled']}"
        self.query_one("#variables").border_title = "Variables"
        self.query_one(StateMap).focus()
        self._show("")

    # -- what is done ----------------------------------------------------------------------------

    def action_obey(self, command: str) -> None:
        """Do what could have been typed, and show what comes of it."""
        try:
            said, style = obey(self.phone, command, self.save), "dim"
        except Refused as refusal:
            said, style = str(refusal), "bold red"
        self._show(said, style)

    def action_type(self, begun: str) -> None:
        """Have a command typed that begins like this."""
        command = self.query_one("#command", Input)
        command.value = begun
        command.cursor_position = len(begun)
        command.focus()

    def action_leave(self) -> None:
        """Back from a command that was not typed to its end."""
        self.query_one("#command", Input).clear()
        self.query_one(StateMap).focus()

    def action_toggle_breakpoint(self) -> None:
        """Stop at the state that is marked on the map, or no longer."""
        if state := self.query_one(StateMap).marked:
            self.action_obey(f"break {state}")

    def action_help(self) -> None:
        """All that can be typed."""
        self.push_screen(Help())

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.character in KEYS:
            self.action_obey(event.character)

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        self.action_obey(event.button.name or "")

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self.action_leave()
        if event.value.strip() in ("help", "?"):
            self.action_help()
        else:
            self.action_obey(event.value.strip())

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.action_toggle_breakpoint()

    # -- what is shown ---------------------------------------------------------------------------

    def _show(self, said: str, style: str = "dim") -> None:
        phone, line = self.phone, self.phone.line
        told = self.query_one("#transcript", RichLog)
        told.clear()
        for each in shown(line.log, phone.texts):
            row = Table.grid(padding=(0, 1))
            row.add_row(Text(clock(each.time), "dim"), Text(each.text, each.style))
            told.write(row)
        self.query_one(StateMap).show(phone.call.state, phone.breakpoints)
        known = phone.call.variables.items()
        variables = Text("\n").join(Text(f"{name} = {value}") for name, value in known)
        self.query_one("#variables", Static).update(variables)
        self.query_one("#status", Static).update(self._status(said, style))

    def _status(self, said: str, style: str) -> Text:
        line = self.phone.line
        over = f"over, ended by the {line.session.ended_by}" if line.over else ""
        where = Text.assemble(
            (clock(line.now), "bold"), "  ", (over or self.phone.call.state, "bold cyan")
        )
        told = ((said, style), (hint(line), "dim"))
        return Text("  ").join([where, *(Text(*each) for each in told if each[0])])


class Help(ModalScreen[None]):
    """What can be typed; any key closes it."""

    def compose(self) -> ComposeResult:
        yield Static(Text.from_markup(HELP), id="help")

    def on_key(self) -> None:
        self.dismiss()


def _button(label: str, command: str) -> Button:
    button = Button(Text(label), name=command, id=_id(label), compact=True)
    button.can_focus = False
    return button


def _id(label: str) -> str:
    """``key-star``, ``key-go-on``."""
    words = _NAMES.get(label, label.lower()).replace("+", "plus")
    return f"key-{words.replace(' ', '-')}"

"""The map of a flow as a list: where the call is, where it can go from there, where it stops."""

from __future__ import annotations

from collections.abc import Collection

from rich.text import Text
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ..engine.flow import Flow
from ..inspect.chart import Edge, charts


class StateMap(OptionList):
    """The states of *flow*, and of those that it calls."""

    def __init__(self, flow: Flow, id: str) -> None:
        found = charts(flow)
        self._ways: dict[str, list[Edge]] = {
            chart.path_name(state): [edge for edge in chart.edges if edge.source == state]
            for chart in found
            for state in chart.states
        }
        super().__init__(*(Option(name, id=name) for name in self._ways), id=id)
        self.border_title = "Map"
        self._here = ""

    @property
    def marked(self) -> str:
        """The state that is marked; empty: none is."""
        if self.highlighted is None:
            return ""
        return self.get_option_at_index(self.highlighted).id or ""

    def show(self, here: str, breakpoints: Collection[str]) -> None:
        """The call is *here*, and stops at *breakpoints*."""
        for state, ways in self._ways.items():
            sign = "▸" if state == here else " "
            stop = "●" if state in breakpoints else " "
            text = Text.assemble((sign, "bold cyan"), (stop, "red"), state)
            if state == here:
                text.stylize("bold", 2)
                for way in ways:
                    often = f" ({way.rung})" if way.rung > 1 else ""
                    text.append(f"\n    {way.outcome}{often} → {way.target}", "dim")
            self.replace_option_prompt(state, text)
        if here in self._ways and here != self._here:
            self.highlighted = self.get_option_index(here)
        self._here = here

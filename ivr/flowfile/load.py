"""Load a flow, whichever way it is written."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..engine.effects import Prompt, Text
from ..engine.flow import Flow, Place
from ..engine.house import House
from .loading import Loading


def load_flow(
    path: str | Path,
    prompts: Collection[str] | None = None,
    *,
    house: House | None = None,
    shared: Path | None = None,
) -> Flow:
    """Load and check the flow file *path*, ``.yaml`` or ``.py``.

    The flow's `version` is that of the file and of all that it calls: the same texts, the same
    version.
    *prompts*: the names of the prompts there are; None: they are not checked.  *house*: what the
    project gives to its flows; None: schedules that it may name are not checked.  *shared*: a file
    with states and handlers for all flows, which each of them may have otherwise.
    Raises `LoadError` with every fault of these files.
    """
    return Loading(prompts, house, shared).load(Path(path))


def static_prompts(flow: Flow) -> set[Prompt]:
    """The prompts that *flow* plays the same in every call, as far as they can be told.

    All but texts and addresses with ``{{ … }}``: what can be made before the first call comes.
    """
    states = (state.prompts for each in flow.family() for state in each.states.values())
    return {
        prompt
        for prompts in (flow.prompts, *states)
        for prompt in prompts
        if "{" not in (prompt.words if isinstance(prompt, Text) else getattr(prompt, "url", ""))
    }


def static_addresses(flow: Flow) -> list[tuple[str, Place]]:
    """Whom *flow* has the line call, where that is the same in every call, and where it says so."""
    states = [state for each in flow.family() for state in each.states.values()]
    found = {each for state in states for each in state.addresses}
    return sorted((each for each in found if "{" not in each[0]), key=lambda each: each[1])

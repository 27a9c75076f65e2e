"""Load a flow, whichever way it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from ..engine.codes import Code
from ..engine.effects import Given, Prompt, Recorded, Text, Url
from ..engine.errors import Fault, FlowError, LoadError
from ..engine.flow import Flow, Place
from ..engine.handed import in_folder
from ..engine.house import House
from .loading import LIBRARY_PREFIX, Loading, of_library


def load_flow(
    path: str | Path,
    prompts: Collection[str] | None = None,
    *,
    house: House | None = None,
) -> Flow:
    """Load and check the flow file *path*, ``.yaml`` or ``.py``, or ``library/NAME``.

    The flow's `version` is that of the file and of all that it calls: the same texts, the same
    version.
    *prompts*: the names of the prompts there are; None: they are not checked.  *house*: what the
    project gives to its flows; None: schedules that it may name are not checked.
    Raises `LoadError` with every fault of these files.
    """
    file = Path(path)
    if file == Path(LIBRARY_PREFIX, file.stem):
        try:
            file = of_library(str(file))
        except FlowError as error:
            raise LoadError([Fault(str(path), 0, 0, str(error), Code.MISSING_FILE)]) from None
    return Loading(prompts, house).load(file)


def static_prompts(flow: Flow, language: str = "") -> set[Prompt]:
    """The prompts that *flow* plays the same in every call, as far as they can be told.

    All but texts and addresses with ``{{ … }}``: what can be made before the first call comes.
    *language* is that of its callers, as far as it has words in several.
    """
    return set(static_places(flow, language))


def static_places(flow: Flow, language: str = "") -> dict[Prompt, Place]:
    """The same, and where each is played first."""
    found: dict[Prompt, Place] = {}
    for each in flow.family():
        for prompt, place in _prompts(each, language):
            if _is_static(prompt):
                found.setdefault(in_folder(prompt, each.folder), place)
    return found


def _prompts(flow: Flow, language: str) -> Iterator[tuple[Prompt, Place]]:
    """Those that its states play or build, and those that it says where it is given no others."""
    for prompt in flow.prompts:
        yield prompt, flow.place
    for state in flow.states.values():
        for act in state.does:
            said = act.builds(language or flow.language or flow.house.language)
            yield from ((prompt, act.place) for prompt in (*act.prompts, *said))
        yield from ((prompt, state.place) for prompt in state.prompts)
    for name, argument in flow.arguments.items():
        if argument.type == "prompts" and argument.default is not None:
            given = flow.default(name, language)
            for prompt in given if isinstance(given, tuple) else (given,):
                yield prompt, flow.place


def _is_static(prompt: Prompt) -> bool:
    match prompt:
        case Text(words) | Url(words):
            return "{" not in words
    return not isinstance(prompt, Recorded | Given)


def static_addresses(flow: Flow) -> list[tuple[str, Place]]:
    """Whom *flow* has the line call, where that is the same in every call, and where it says so."""
    states = [state for each in flow.family() for state in each.states.values()]
    found = {each for state in states for each in state.addresses}
    return sorted((each for each in found if "{" not in each[0]), key=lambda each: each[1])

"""Load a flow, whichever way it is written."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from ..engine.effects import Prompt, Text
from ..engine.errors import Fault, LoadError
from ..engine.flow import Flow, Place
from ..engine.house import NOWHERE, House
from .read_python import read_python
from .read_yaml import read_yaml


def load_flow(
    path: str | Path, prompts: Collection[str] | None = None, house: House | None = None
) -> Flow:
    """Load and check the flow file *path*, ``.yaml`` or ``.py``.

    The flow's `version` is that of the file: the same text, the same version.
    *prompts*: the names of the prompts there are; None: they are not checked.  *house*: what the
    project gives to its flows; None: schedules that it may name are not checked.
    Raises `LoadError` with every fault of the file.
    """
    path = Path(path)
    match path.suffix:
        case ".yaml" | ".yml":
            flow = read_yaml(path, prompts, house.schedules if house else None)
        case ".py":
            flow = read_python(path, prompts)
        case _:
            raise LoadError([Fault(str(path), 0, 0, "expected a flow file: .yaml or .py")])
    flow.house = house or NOWHERE
    flow.version = sha256(path.read_bytes()).hexdigest()[:12]
    return flow


def static_prompts(flow: Flow) -> set[Prompt]:
    """The prompts that *flow* plays the same in every call, as far as they can be told.

    Names of prompts, and texts without ``{{ … }}``: what can be made before the first call comes.
    """
    return {
        prompt
        for state in flow.states.values()
        for prompt in state.prompts
        if isinstance(prompt, str) or (isinstance(prompt, Text) and "{" not in prompt.words)
    }


def static_addresses(flow: Flow) -> list[tuple[str, Place]]:
    """Whom *flow* has the line call, where that is the same in every call, and where it says so."""
    found = {each for state in flow.states.values() for each in state.addresses}
    return sorted((each for each in found if "{" not in each[0]), key=lambda each: each[1])

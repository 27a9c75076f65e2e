"""ivr calls to-test: a call as a story."""

from __future__ import annotations

import os
from pathlib import Path

from ..config import load_settings
from ..engine.errors import SettingsError
from ..engine.flow import Flow
from ..flowfile import load_flow
from ..inspect.replay.journal import CannotReplay, read
from ..inspect.replay.story import story_of, text_of
from ..project import Ground
from ..testing.scenario import SUFFIX
from .calls import journal
from .output import complain


def run(settings_file: Path, call_id: str, file: Path | None, on: Path | None) -> None:
    settings = load_settings(settings_file)
    lines = journal(settings, call_id)
    if file is not None and not file.name.endswith(SUFFIX):
        raise SettingsError(f"{file}: expected the name of a story, such as call{SUFFIX}")
    try:
        call = read(lines)
        flow, path = _flow(Ground.read(settings_file), call.flow, on)
        story = story_of(call, flow)
    except CannotReplay as error:
        raise SettingsError(f"call {call_id} cannot be told as a story: {error}") from None
    if call.version != flow.version:
        complain(f"note: {path} has changed since the call; the story is about what it is now")
    beside = os.path.relpath(path, file.parent if file else Path())
    text = text_of(story, f"call {call.id}", beside)
    if file is None:
        print(text, end="")
        return
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
    print(f"{file}: a story of {len(story.steps)} steps; `ivr test {file}` tells it")


def flow_in(file: Path, ground: Ground) -> Flow:
    """The flow in *file*, as stories have it: all that settings have is made up."""
    return load_flow(file, ground.prompts, house=ground.of_others().house)


def _flow(ground: Ground, name: str, on: Path | None) -> tuple[Flow, Path]:
    """The flow in the file *on*, or the one of the project with this *name*."""
    if on is not None:
        return flow_in(on, ground), on
    for file in ground.settings.flow_files if ground.settings else ():
        flow = flow_in(file, ground)
        if flow.name == name:
            return flow, file
    raise SettingsError(f"no flow of the settings is called {name!r}; name its file: --on FILE")

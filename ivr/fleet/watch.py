"""Notices when the files of a project change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, awatch

from ..config import Settings

SETTLED = 500  # milliseconds without a change: an editor or a deployment writes many files

SUFFIXES = (".yaml", ".yml", ".py", ".wav")


async def changes(file: Path, settings: Settings) -> AsyncIterator[list[str]]:
    """The settings, flows, scenarios and prompts that changed, again and again."""
    file = file.absolute()
    prompts = settings.prompts
    folders = {flow.parent.absolute() for flow in settings.flow_files}
    if prompts.is_dir():
        folders |= {prompts.absolute(), *(each.absolute() for each in prompts.iterdir())}
    folders = {folder for folder in folders if folder.is_dir()}

    def counts(change: Change, name: str) -> bool:
        path = Path(name)
        return path == file or (path.suffix in SUFFIXES and path.parent in folders)

    # Not recursive: below a project there may be an environment with thousands of folders.
    watched = folders | {file.parent}
    async for found in awatch(*watched, watch_filter=counts, step=SETTLED, recursive=False):
        yield sorted(path for _, path in found)

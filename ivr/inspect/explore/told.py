"""Refutations as stories: files that `ivr test` runs, and that fail until the flow is mended."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ...testing.scenario import SUFFIX
from ...testing.story import head, with_story
from .proofs import Refuted

REMARK = "Written by ivr explore: each of these stories fails until the flow is mended."


def write(folder: Path, flow: Path, found: Iterable[Refuted]) -> Path:
    """The file with one story for each of *found*, written into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    text = head(os.path.relpath(flow, folder), REMARK)
    for number, each in enumerate(found, 1):
        name = f"{number}. {each.property}: {each.state}"
        text = with_story(text, each.path.lines(name, str(each)))
    file = folder / f"{flow.stem}{SUFFIX}"
    file.write_text(text, encoding="utf-8")
    return file

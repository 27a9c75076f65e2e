"""The prompts of projects that tests serve: what one has rendered, the next one finds made."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="ivr-prompts-")


def bring(var: Path) -> None:
    """Before a project is served for the first time."""
    shutil.copytree(_folder.name, var / "prompts", dirs_exist_ok=True)


def keep(var: Path) -> None:
    """Once it is."""
    shutil.copytree(var / "prompts", _folder.name, dirs_exist_ok=True)

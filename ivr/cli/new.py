"""ivr new: a project of one's own, ready to serve."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

from ..engine.errors import SettingsError


def run(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise SettingsError(f"{folder} exists already; name a folder that does not")
    try:
        with as_file(files(__package__) / "template") as template:
            copytree(template, folder, dirs_exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made: {error.strerror or error}") from None
    print(f"Made {folder}. Next:\n  cd {folder}\n  ivr test\n  ivr serve")

"""ivr new: a project of one's own, ready to serve."""

from __future__ import annotations

import json
import shlex
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

from ..engine.errors import SettingsError
from ..flowfile import schema
from ..testing.schema import schema as story_schema


def run(folder: Path) -> None:
    try:
        if not _is_free(folder):
            raise SettingsError(f"{folder} exists already; name a folder that does not")
        with as_file(files(__package__) / "template") as template:
            copytree(template, folder, dirs_exist_ok=True)
        for name, made in (("flow", schema()), ("story", story_schema())):
            written = json.dumps(made, ensure_ascii=False, indent=2)
            file = folder / "flows" / f"{name}.schema.json"
            file.write_text(f"{written}\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made: {error.strerror or error}") from None
    print(f"Made a project in {folder}. Next:")
    for step in (f"cd {shlex.quote(str(folder))}", "ivr test", "ivr serve"):
        print(f"  {step}")


def _is_free(folder: Path) -> bool:
    """Whether nothing is there, or an empty folder."""
    if folder.is_dir():
        return not any(folder.iterdir())
    return not folder.exists() and not folder.is_symlink()

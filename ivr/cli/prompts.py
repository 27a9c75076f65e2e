"""ivr prompts: render everything that callers may hear."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ..project import load_project
from .output import as_json, complain, progress


def run(settings_file: Path, list_missing: bool, json: bool) -> int:
    prompts = load_project(settings_file).prompts()
    try:
        missing = prompts.missing()
        if list_missing:
            if json:
                as_json([{"language": language, "name": name} for language, name in missing])
            for language, name in [] if json else missing:
                print(f"{language} {name}")
            return 1 if missing else 0
        with progress("Rendering prompts") as step:
            troubles = prompts.render_all(step)
    finally:
        prompts.close()
    if json:
        as_json({"rendered": len(missing), "replaced": [asdict(trouble) for trouble in troubles]})
    else:
        print(f"{len(missing)} rendered, {len(troubles)} replaced")
    for trouble in troubles:
        complain(f"{trouble.language} {trouble.name}: {trouble.reason}")
    return 1 if troubles else 0

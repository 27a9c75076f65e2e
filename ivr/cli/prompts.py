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
            return _list(missing, prompts.catalogue.untranslated(), json)
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


def _list(
    unrendered: list[tuple[str, str]], untranslated: list[tuple[str, str]], json: bool
) -> int:
    rows = [(*prompt, "not rendered yet") for prompt in unrendered]
    rows += [(*prompt, "not translated") for prompt in untranslated]
    if json:
        as_json([dict(zip(("language", "name", "missing"), row, strict=True)) for row in rows])
        return 1 if rows else 0
    for language, name, missing in rows:
        print(f"{language} {name}: {missing}")
    return 1 if rows else 0

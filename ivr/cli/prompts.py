"""ivr prompts: render everything that callers may hear, and look at it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from ..engine.effects import Text
from ..engine.errors import Fault, SettingsError
from ..project import load_project
from ..speech.prompts import PromptStore
from ..speech.wants import Want
from .output import as_json, complain, progress

LONGEST_NAME = 40  # letters, of a file named by its words


def build(
    settings_file: Path,
    jobs: int = 0,
    clean: bool = False,
    to: Path | None = None,
    rate: int = 8000,
    json: bool = False,
) -> int:
    """Render what is missing.  Returns the exit code."""
    if rate != 8000 and to is None:
        raise SettingsError(f"the line plays 8000 Hz; --to FOLDER receives prompts of {rate} Hz")
    if rate != 8000 and clean:
        raise SettingsError("--clean is for what the line plays; use it without --rate")
    prompts = load_project(settings_file).prompts(rate)
    exported = 0
    try:
        missing, total = len(prompts.missing()), len(prompts.lasting())
        with progress("Rendering prompts") as step:
            troubles = prompts.render_all(step, jobs or os.cpu_count() or 1)
        removed = prompts.clean() if clean else 0
        if to is not None:
            exported = _export(prompts, prompts.rendered(), to)
    finally:
        prompts.close()
    if json:
        counts = {"rendered": missing, "at_hand": total - missing, "removed": removed}
        replaced = [asdict(trouble) for trouble in troubles]
        as_json({**counts, "exported": exported, "replaced": replaced})
    else:
        told = [f"{missing} rendered, {total - missing} at hand"]
        told += [f"{len(troubles)} replaced"] if troubles else []
        told += [f"{removed} removed"] if clean else []
        told += [f"{exported} in {to}"] if to else []
        print(", ".join(told))
    for trouble in troubles:
        complain(f"{trouble.language} {trouble.name}: {trouble.reason}")
    return 1 if troubles else 0


def _export(prompts: PromptStore, rendered: Mapping[Want, Path], folder: Path) -> int:
    """Copy prompts and texts to *folder*, as ``en/welcome.wav``.  Returns how many."""
    count = 0
    for (language, prompt), file in rendered.items():
        if isinstance(prompt, Text):
            name = _name_of(prompt.words)
        elif isinstance(prompt, str):
            name = prompt
        else:
            continue  # files and tones are there already, or made anywhere
        target = folder / language / f"{name}.wav"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        count += 1
    return count


def _name_of(words: str) -> str:
    """What the file of a text without a name is called."""
    plain = re.sub(r"\W+", "_", words.casefold()).strip("_")[:LONGEST_NAME]
    return f"{plain}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def check(settings_file: Path, json: bool) -> int:
    """List what is wrong.  Returns the exit code."""
    from ..prompting.check import findings

    untranslated: list[Fault] = []
    project = load_project(settings_file, untranslated)
    prompts = project.prompts()
    try:
        found = list(findings(project, prompts, untranslated))
    finally:
        prompts.close()
    if json:
        as_json([asdict(each) for each in found])
    else:
        for each in found:
            print(each)
        kinds = [each.kind for each in found]
        counts = (f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        print(", ".join(counts) or f"all {len(prompts.lasting())} are well")
    return 1 if any(each.is_wrong for each in found) else 0


def list_unrendered(settings_file: Path, json: bool) -> int:
    """List what would have to be rendered, and what is not translated."""
    prompts = load_project(settings_file).prompts()
    try:
        rows = [(*prompt, "not rendered yet") for prompt in prompts.missing()]
    finally:
        prompts.close()
    rows += [(*prompt, "not translated") for prompt in prompts.catalogue.untranslated()]
    if json:
        as_json([dict(zip(("language", "name", "missing"), row, strict=True)) for row in rows])
        return 1 if rows else 0
    for language, name, missing in rows:
        print(f"{language} {name}: {missing}")
    return 1 if rows else 0

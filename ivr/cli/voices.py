"""ivr prompts voices: what the engines of the settings can speak with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..config import Settings, load_settings
from ..engine.errors import IvrError
from ..project import voices
from ..speech.catalogue import canonical, widened
from .output import as_json, complain, printable


def run(settings_file: Path, language: str, json: bool) -> int:
    settings, wanted, troubles = load_settings(settings_file), canonical(language), list[str]()
    rows = [row for row in _rows(settings, troubles) if not wanted or _speaks(row[2], wanted)]
    if json:
        names = ("engine", "voice", "languages")
        as_json([dict(zip(names, row, strict=True)) for row in rows])
    elif rows or troubles or not wanted:
        _print(rows)
    else:
        complain(f"no voice speaks {wanted}; without --language all are listed")
    for trouble in troubles:
        complain(trouble)
    return 1 if troubles else 0


def _rows(settings: Settings, troubles: list[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    engines = dict.fromkeys((settings.voice.engine, *settings.voice.fallback))
    for name, speaker in zip(engines, voices(settings), strict=True):
        try:
            for offer in speaker.engine.voices():
                yield name, offer.name, offer.languages
        except IvrError as error:
            troubles.append(f"{name}: {error}")
        finally:
            speaker.close()


def _speaks(languages: tuple[str, ...], wanted: str) -> bool:
    return any(wanted in widened(canonical(each)) for each in languages)


def _print(rows: list[tuple[str, str, tuple[str, ...]]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("engine", "voice", "languages")
    for engine, voice, languages in rows:
        table.add_row(engine, printable(voice), printable(", ".join(languages)))
    Console().print(table)

"""Refutations as stories: files that `ivr test` runs, and that fail until the flow is mended."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path as File
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from ...engine.effects import File as SoundFile
from ...engine.effects import Given, Silence, Text, Tone, Url
from ...testing.scenario import SUFFIX
from .paths import Path, Told
from .proofs import Refuted

_MAP = "tag:yaml.org,2002:map"
_SECONDS = ("seconds", "after", "every", "beep")
_ALONE = {"waits": "seconds", "presses": "keys", "says": "text"}


def write(folder: File, flow: File, found: Iterable[Refuted]) -> File:
    """The file with one story for each of *found*, written into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{flow.stem}{SUFFIX}"
    file.write_text(stories(os.path.relpath(flow, folder), found), encoding="utf-8")
    return file


def stories(flow: str, found: Iterable[Refuted]) -> str:
    """The text of that file; *flow* is written in it as it is."""
    scenarios = {}
    for number, each in enumerate(found, 1):
        name = f"{number}. {each.property}: {each.state}"
        offer = {key: _inline(value) for key, value in each.path.offer.items() if value}
        steps = [_step(step) for step in each.path.steps]
        scenarios[name] = {"description": str(each), **offer, "steps": steps}
    head = "# Written by ivr explore: each of these stories fails until the flow is mended.\n"
    body = {"ivr": 1, "flow": flow, "scenarios": scenarios}
    return head + yaml.dump(body, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


class _Inline(dict[str, Any]):
    """Pairs that are written on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Inline, lambda dumper, pairs: dumper.represent_mapping(_MAP, pairs, flow_style=True)
)


def path_lines(path: Path) -> list[str]:
    """The steps of *path*, a line each, for people."""
    return [_line(step) for step in path.steps]


def _line(step: Told) -> str:
    told = _step(step)
    if isinstance(told, str):
        return told
    [(name, given)] = told.items()
    return yaml.dump(
        {name: given}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000
    ).strip()


def _step(step: Told) -> Any:
    if not step.given:
        return step.step
    given = {
        name: f"{value:g} s" if name in _SECONDS else _plain(value)
        for name, value in step.given.items()
    }
    if step.step == "goes_through":
        return {step.step: " ".join(step.given["states"])}
    alone = _ALONE.get(step.step)
    if alone and list(given) == [alone]:
        return {step.step: given[alone]}
    return {step.step: _Inline(given)}


def _inline(value: Any) -> Any:
    plain = _plain(value)
    return _Inline(plain) if isinstance(plain, dict) else plain


def _plain(value: Any) -> Any:
    """*value* as YAML has it."""
    match value:
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case datetime():
            zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""
            return f"{value:%Y-%m-%d %H:%M} {zone}".strip()
        case Decimal():
            return float(value)
    return _prompt(value)


def _prompt(value: Any) -> Any:
    match value:
        case Text(words):
            return {"text": words}
        case SoundFile(path):
            return {"file": path}
        case Url(url):
            return {"url": url}
        case Tone(frequency, seconds):
            return {"tone": frequency, "seconds": seconds}
        case Silence(seconds):
            return {"silence": seconds}
        case Given(name):
            return {"argument": name}
    return value

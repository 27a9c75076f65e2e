"""ivr explore: every path of flows, by classes of what can happen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

from ..config import load_settings
from ..engine.errors import Fault, LoadError, SettingsError
from ..engine.flow import Flow
from ..engine.house import House
from ..flowfile import load_flow
from ..inspect.explore.proofs import Limits, Refuted
from ..inspect.explore.report import Explored, arguments_of, explore
from ..inspect.explore.search import Progress
from ..inspect.explore.told import write
from ..project import Ground
from .output import as_json, complain, complain_of, progress

INTERRUPTED = 130
Bar = Callable[[int, int, str], None]
Walked = dict[Path, Explored]
Walk = Callable[[Path, Flow, Progress], Explored]


def run(
    files: list[Path],
    settings_file: Path,
    stories: Path,
    limits: tuple[int, float, int],
    faults: bool,
    json: bool,
) -> int:
    wrong: list[Fault] = []
    ground = Ground()
    try:
        ground = Ground.read(settings_file)
        files = files or load_settings(settings_file).flow_files
    except LoadError as error:
        wrong += error.faults
    house = ground.house and replace(ground.house, means=None)  # what there is, is made up
    flows: dict[Path, Flow] = {}
    for path in files:
        try:
            flows[path] = load_flow(path, ground.prompts, house=house)
        except LoadError as error:
            wrong += error.faults
    complain_of(wrong)
    found, took = _walk(flows, partial(_explore, house, limits, faults))
    written = {
        path: _write(stories, path, explored)
        for path, explored in found.items()
        if explored.reproducible
    }
    if json:
        as_json({str(path): each.as_json() for path, each in found.items()})
    else:
        for path, explored in found.items():
            _tell(path, explored, took[path], written.get(path))
    for path in (each for each in flows if each not in found):
        complain(f"{path}: not explored; it was interrupted")
    if any(each.interrupted for each in found.values()):
        return INTERRUPTED
    return 0 if found and not wrong and all(each.holds for each in found.values()) else 1


def _walk(flows: Mapping[Path, Flow], explored: Walk) -> tuple[Walked, dict[Path, float]]:
    """What was found out about *flows*, up to one that was interrupted, and the seconds it took."""
    found: Walked = {}
    took: dict[Path, float] = {}
    with progress("exploring") if sys.stderr.isatty() else nullcontext(_unseen) as bar:
        for path, flow in flows.items():
            _show(bar, path.name, 0, 1)
            began = perf_counter()
            found[path] = explored(path, flow, partial(_show, bar, path.name))
            took[path] = perf_counter() - began
            if found[path].interrupted:
                break
    return found, took


def _explore(
    house: House | None,
    limits: tuple[int, float, int],
    faults: bool,
    path: Path,
    flow: Flow,
    told: Progress,
) -> Explored:
    steps, minutes, places = limits
    return explore(
        flow,
        arguments=arguments_of(path, house),
        faults=faults,
        limits=Limits(steps, minutes),
        places=places,
        told=told,
    )


def _write(folder: Path, flow: Path, found: Explored) -> Path:
    try:
        return write(folder, flow, found.reproducible)
    except OSError as error:
        wrong = f"{error.filename}: cannot be written: {error.strerror or error}"
        raise SettingsError(wrong) from None


def _show(bar: Bar, name: str, done: int, found: int) -> None:
    bar(done, found, name)


def _unseen(done: int, found: int, name: str) -> None: ...


def _tell(path: Path, found: Explored, seconds: float, stories: Path | None) -> None:
    states = f"{len(found.states)} of {len(found.states) + len(found.unseen)} states"
    print(f"{path}: {found.places} places, {found.moves} moves, {states}, {seconds:.1f} s")
    number = 0
    for each, refuted in found.results:
        verdict = "REFUTED" if refuted else "open   " if found.left else "holds  "
        print(f"  {verdict}  {each.holds}")
        for one in refuted:
            number += 1
            _tell_refuted(one, number)
    for name in found.unseen:
        print(f"  never entered: {name}")
    for words in found.abstracted:
        print(f"  in part: {words}")
    if found.left:
        complain(f"{path}: {found.left} places were not followed; {_left_for(found)}")
    if stories is not None:
        print(f"  as stories: ivr test {stories}")


def _left_for(found: Explored) -> str:
    if found.interrupted:
        return "it was interrupted"
    if found.graph.two_ways:
        return "the same call went two ways"
    return "more are with --places"


def _tell_refuted(one: Refuted, number: int) -> None:
    where = f"{one.place.file}:{one.place.line}:{one.place.column}"
    print(f"    {number}. {where}: {one.state}: {one}")
    for step in one.path.steps:
        print(f"         {step}")

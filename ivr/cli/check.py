"""ivr check: everything that is wrong with flows and prompts, at once."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ..config import load_settings
from ..engine.errors import Fault, LoadError
from ..project import house_of, load_flows, read_callers, read_prompts, targets, unfit
from .output import as_json, complain


def run(files: list[Path], settings_file: Path, json: bool) -> int:
    faults: list[Fault] = []
    catalogue = called = house = shared = None
    begun: list[Path] = []  # those that calls begin with
    try:
        if settings_file.exists() or not files:
            settings = load_settings(settings_file)
            begun = settings.flow_files
            called, shared = targets(settings), settings.shared
            house = house_of(settings, settings_file)
            read_callers(settings, settings_file, faults)
        catalogue = read_prompts(settings_file)
    except LoadError as error:
        faults += error.faults
    flows = load_flows(files or begun, catalogue, called, faults, house, shared)
    faults += [fault for path in begun if path in flows for fault in unfit(flows[path])]
    if json:
        good = {str(path): sorted(flow.states) for path, flow in flows.items()}
        as_json({"flows": good, "faults": [asdict(fault) for fault in faults]})
        return 1 if faults else 0
    for fault in faults:
        complain(str(fault))
    for path, flow in flows.items():
        unchecked = "" if catalogue else "; prompts were not checked: no settings here"
        print(f"{path}: ok, {len(flow.states)} states{unchecked}")
    return 1 if faults else 0

"""ivr check: everything that is wrong with settings, flows and prompts, at once."""

from __future__ import annotations

import pwd
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from .. import listening
from ..config import Settings, load_settings
from ..engine.codes import Code
from ..engine.errors import Fault, LoadError, SettingsError
from ..fleet.front.users import read_users
from ..project import Ground, unfit, warnings_of
from .output import as_json, complain, complain_of


def run(files: list[Path], settings_file: Path, json: bool) -> int:
    faults: list[Fault] = []
    notes: list[str] = []
    ground = Ground()
    begun: list[Path] = []  # those that calls begin with
    settings = None
    try:
        if settings_file.exists() or not files:
            settings = load_settings(settings_file)
            if not files:
                faults += _unreadable(settings, settings_file)
                notes += _lacking(settings)
            begun = settings.flow_files
            ground = Ground.of(settings, settings_file, faults)
    except LoadError as error:
        faults += error.faults
    served = {path.resolve() for path in begun}
    ours = [path for path in files or begun if path.resolve() in served]
    flows = ground.load(ours, faults)
    flows |= ground.of_others().load([path for path in files if path not in ours], faults)
    faults += [fault for path in begun if path in flows for fault in unfit(flows[path])]
    warnings = warnings_of(flows.values(), ground.catalogue)
    if settings:
        notes += listening.lacking(flows.values(), settings)
    if json:
        good = {str(path): sorted(flow.states) for path, flow in flows.items()}
        found = {"faults": faults, "warnings": warnings}
        told = {kind: [asdict(each) for each in some] for kind, some in found.items()}
        as_json({"flows": good, **told, "notes": notes})
        return 1 if faults else 0
    for warning in warnings:
        complain(f"warning: {warning}")
    complain_of(faults)
    for note in notes:
        complain(f"note: {note}")
    for path, flow in flows.items():
        unchecked = "" if ground.catalogue else "; prompts were not checked: no settings here"
        number = len(flow.states)
        print(f"{path}: ok, {number} state{'s' * (number != 1)}{unchecked}")
    return 1 if faults else 0


def _unreadable(settings: Settings, file: Path) -> Iterator[Fault]:
    """What the settings name that is part of the project, and cannot be used."""
    if settings.front.users:
        try:
            read_users(settings.front.users)
        except SettingsError as error:
            yield Fault(str(file), 0, 0, str(error), Code.BAD_SETTING)


def _lacking(settings: Settings) -> Iterator[str]:
    """What `ivr serve` would not start with on this machine, which may be another one."""
    for name, account in settings.accounts.items():
        try:
            account.secret(name)
        except SettingsError as error:
            yield str(error)
    if settings.user:
        try:
            pwd.getpwnam(settings.user)
        except KeyError:
            yield f"user: there is no user {settings.user!r} here"

"""ivr check: everything that is wrong with settings, flows and prompts, at once."""

from __future__ import annotations

import pwd
from collections.abc import Iterator
from importlib import metadata
from os.path import realpath
from pathlib import Path

from .. import listening
from ..config import Settings, load_settings
from ..engine.codes import Code
from ..engine.errors import Fault, LoadError, SettingsError
from ..engine.flow import Flow
from ..fleet.front.users import read_users
from ..inspect.lint import NEED_WORDS, heeded, lint
from ..inspect.sarif import sarif as as_sarif
from ..project import Ground, unfit, warnings_of
from .output import as_json, complain, complain_of, fault_as_json

NEED_SETTINGS = (Code.UNKNOWN_MAILBOX, Code.UNHEARD_WORDS)
"""What is only told of flows that the settings lead somebody to."""


def run(
    files: list[Path],
    settings_file: Path,
    json: bool,
    sarif: bool = False,
    strict: bool = False,
) -> int:
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
    served = set(map(realpath, begun))  # unlike `resolve`, it bears links that lead nowhere
    ours = [path for path in files or begun if realpath(path) in served]
    flows = ground.load(ours, faults)
    flows |= ground.of_others().load([path for path in files if path not in ours], faults)
    faults += [fault for path in begun if path in flows for fault in unfit(flows[path])]
    warnings = _warnings(list(flows.values()), ground)
    if settings:
        notes += listening.lacking(flows.values(), settings)
    code = 1 if faults or (strict and warnings) else 0
    if sarif:
        as_json(as_sarif([*faults, *warnings], metadata.version("ivr")))
    elif json:
        good = {str(path): sorted(flow.states) for path, flow in flows.items()}
        found = {"faults": faults, "warnings": warnings}
        told = {kind: [fault_as_json(each) for each in some] for kind, some in found.items()}
        as_json({"flows": good, **told, "notes": notes})
    else:
        complain_of([*warnings, *faults])
        for note in notes:
            complain(f"note: {note}")
        for path, flow in flows.items():
            unread = "they cannot be read" if settings else "no settings here"
            unchecked = "" if ground.catalogue else f"; prompts were not checked: {unread}"
            number = len(flow.states)
            print(f"{path}: ok, {number} state{'s' * (number != 1)}{unchecked}")
    return code


def _warnings(flows: list[Flow], ground: Ground) -> list[Fault]:
    """What can be used, is not as its author meant it, and is not allowed in the files."""
    found = set(warnings_of(flows, ground.catalogue))
    for flow in flows:
        language = flow.language or (ground.settings.language if ground.settings else "en")
        words = ground.catalogue.texts(language) if ground.catalogue else None
        found.update(lint(flow, words, language))
    if ground.settings:
        found.update(listening.unheard(flows, ground.settings))
    known = ground.house is not None and ground.house.means is not None
    untold = {*(() if ground.catalogue else NEED_WORDS), *(() if known else NEED_SETTINGS)}
    return heeded(found, flows, untold)


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

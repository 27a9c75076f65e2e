"""ivr doctor: a verdict on everything that serving needs, and a remedy."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import IvrError
from .output import as_json

if TYPE_CHECKING:
    from ..config import Settings


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was looked at.  With a remedy it is `ok`, but could be better."""

    what: str
    ok: bool
    finding: str
    remedy: str = ""


def run(settings_file: Path, json: bool) -> int:
    verdicts = list(_verdicts(settings_file))
    if json:
        as_json([asdict(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            mark = "BAD " if not verdict.ok else "warn" if verdict.remedy else "ok  "
            print(f"{mark} {verdict.what}: {verdict.finding}")
            if verdict.remedy:
                print(f"     -> {verdict.remedy}")
    return 0 if all(verdict.ok for verdict in verdicts) else 1


def _verdicts(settings_file: Path) -> Iterator[Verdict]:
    yield _python()
    try:
        from ..config import load_settings

        settings = load_settings(settings_file)
    except IvrError as error:
        yield Verdict("settings", False, str(error), "`ivr config` lists every key")
        return
    yield Verdict("settings", True, str(settings_file))
    runs = _server(settings)
    if runs:
        yield Verdict("server", True, runs)
    yield _flows(settings_file)
    yield _database(settings)
    from ..fleet import check as fleet
    from ..fleet.place import line_settings
    from ..fleet.trial import trial
    from ..project import voices
    from ..sip import check as line
    from ..sip import reach
    from ..speech import check as speech

    try:
        here = line_settings(settings, fleet.place(settings))
    except IvrError as error:
        yield Verdict("accounts", False, str(error), "give it the secret that the registrar knows")
        here = line_settings(settings.model_copy(update={"accounts": {}}), fleet.place(settings))
    for found in (
        *line.check(here),
        *reach.check(here.accounts),
        *fleet.check(settings),
        *trial(settings),
    ):
        if not (runs and "in use" in found.detail):
            yield Verdict(found.what, found.ok, found.detail, found.remedy)
    for index, voice in enumerate(voices(settings)):
        heard = speech.check(voice, settings.language)
        yield Verdict("fallback voice" if index else "voice", heard.ok, heard.finding, heard.remedy)
    yield _speech(settings)
    yield from _prompts(settings_file)


def _python() -> Verdict:
    version = platform.python_version()
    found = f"{version} on {sys.platform}"
    if (3, 11) <= sys.version_info[:2] <= (3, 12) and sys.platform == "linux":
        return Verdict("Python", True, found)
    return Verdict(
        "Python",
        False,
        found,
        "use Python 3.11 or 3.12 on Linux: the SIP stack (pjsua2) exists for no other",
    )


def _server(settings: Settings) -> str:
    """How the server of these settings is, which has its ports; empty: none runs."""
    from .status import asked

    try:
        found = asked(settings)
    except IvrError:
        return ""
    ready = sum(each["state"] == "ready" for each in found["workers"])
    workers = "worker" if ready == 1 else "workers"
    return f"it runs, with {ready} {workers} ready; ports that are in use are its own"


def _database(settings: Settings) -> Verdict:
    from sqlalchemy.exc import SQLAlchemyError

    from .. import records

    what = "database"
    try:
        database = records.database(settings)
        return Verdict(what, True, f"{database}: {database.look()}")
    except (IvrError, OSError, SQLAlchemyError) as error:
        found = str(getattr(error, "orig", None) or error).strip()
        remedy = "see `records.database` in docs/records.md; until it opens, records wait in var"
        return Verdict(what, False, found, remedy)


def _flows(settings_file: Path) -> Verdict:
    from ..project import load_project
    from ..routes import flows_of

    try:
        project = load_project(settings_file)
    except IvrError as error:
        lines = str(error).splitlines()
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        return Verdict("flows", False, lines[0] + more, "`ivr check` lists every fault")
    routes = ", ".join(
        f"{number} -> {' or '.join(flow.name for flow in flows_of(found))}"
        for number, found in project.flows.items()
    )
    return Verdict("flows", True, routes)


def _speech(settings: Settings) -> Verdict:
    """Are callers who speak understood?"""
    from .. import listening
    from ..speech import ear_check

    engine, what = settings.speech.engine, "speech"
    there = listening.models(settings)
    if not there:
        return Verdict(what, True, "callers press keys: speech.engine is none")
    found = ear_check.check(listening.ear(settings))
    known = {each: listening.vocabulary(engine, model) for each, model in there.items()}
    listed = ", ".join(
        f"{each} ({len(words)} words)" if words else each for each, words in known.items()
    )
    return Verdict(what, found.ok, found.finding or f"{engine}: {listed}", found.remedy)


def _prompts(settings_file: Path) -> Iterator[Verdict]:
    from ..project import load_project

    try:
        prompts = load_project(settings_file).prompts()
    except IvrError as error:
        yield Verdict("prompts", False, str(error), "`ivr check` lists every fault")
        return
    missing = prompts.missing()
    prompts.close()
    found = f"{len(missing)} are not rendered yet" if missing else "all are rendered"
    yield Verdict("prompts", True, f"{found}; `ivr serve` renders what is missing")

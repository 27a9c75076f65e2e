"""The program: whether it is there, whether it likes its configuration, what it says."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import signal
from pathlib import Path

from .rpc import FrontError

PACKAGES = "kamailio kamailio-tls-modules"
MEMORY = ("-m", "64", "-M", "8", "-x", "tlsf")  # MB of shared and private memory, at most

LONGEST = 500  # characters of a line that are worth keeping

_LINE = re.compile(
    r"\s*\d+\(\d+\) (?P<level>[A-Z]+): (?P<module>\S+?):? (?:\[[^]]*\]: \w+\(\): )?(?P<text>.*)"
)
_LEVELS = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.DEBUG,
    "NOTICE": logging.INFO,
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
}
_PLACE = re.compile(
    r"in config file (?P<file>.+), (?:from )?line (?P<line>\d+), column (?P<column>\d+)[^:]*:"
    r" (?P<fault>.*)"
)
# Said of calls that began before the front did, or whose worker is gone, and at the end.
_KNOWN = re.compile(
    "cannot find load for|old destination address not found|no destination sets|EOF on"
)


def find(program: str) -> str | None:
    """Where the program is: servers are not in everybody's PATH."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def missing(program: str = "kamailio") -> str:
    """What to install for a front to run; empty: nothing."""
    if find(program):
        return ""
    return f"Kamailio is not installed ({program}): apt-get install {PACKAGES}"


def command(program: str, configuration: Path, *options: str) -> list[str]:
    """How to start it.  Raises `FrontError`: it is not there."""
    path = find(program)
    if path is None:
        raise FrontError(missing(program))
    folder = str(configuration.parent)
    return [path, "-f", str(configuration), "-w", folder, "-Y", folder, "-E", *options]


async def check(program: str, configuration: Path) -> None:
    """Have Kamailio read the configuration.  Raises `FrontError` with what it finds wrong."""
    process = await asyncio.create_subprocess_exec(
        *command(program, configuration, "-c"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        lines = map(understand, said.decode("utf-8", "replace").splitlines())
        raise FrontError(readable([text for level, text in lines if level >= logging.ERROR]))


def readable(faults: list[str]) -> str:
    """What is wrong, from the errors in a log."""
    if any("could not find module <tls>" in fault for fault in faults):
        return f"Kamailio's TLS module is not installed: apt-get install {PACKAGES}"
    place = next(filter(None, map(_PLACE.search, faults)), None)
    if place:
        return f"{place['file']}:{place['line']}:{place['column']}: {place['fault']}"
    return faults[0] if faults else "Kamailio does not say what is wrong"


def understand(line: str) -> tuple[int, str]:
    """Level and text of a line of its log."""
    found = _LINE.match(line)
    if not found:  # what follows in a message of several lines; a stranger's, perhaps
        return logging.DEBUG, line.strip()[:LONGEST]
    text = f"{found['module']}: {found['text']}"[:LONGEST]
    if _KNOWN.search(text):
        return logging.DEBUG, text
    return _LEVELS.get(found["level"], logging.CRITICAL), text


def leftovers(configuration: Path) -> list[int]:
    """Processes that run with this configuration: their supervisor is gone, or their own parent."""
    wanted = str(configuration).encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:  # it has ended meanwhile
                continue
            if b"kamailio" in arguments[0] and wanted in arguments and b"-c" not in arguments:
                found.append(int(entry.name))
    return found


async def end(configuration: Path) -> None:
    """Kill them, and wait until they are gone: they hold nothing that would have to be saved."""
    while left := leftovers(configuration):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        await asyncio.sleep(0.01)

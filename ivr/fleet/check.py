"""Whether this machine can carry the fleet.  For `ivr serve` and for `ivr doctor`."""

from __future__ import annotations

import asyncio
import os
import pwd
import resource
import socket
import tempfile
from collections.abc import Iterator
from math import ceil
from pathlib import Path

from ..config import Settings
from ..engine.errors import IvrError, SettingsError
from ..sip.check import Finding
from .front import FrontPlan, configuration, missing, program
from .front.render import CONFIGURATION, TLS, tls_configuration
from .place import RTP_PORTS, Place, callers_each
from .supervisor import SPARE

LAST_PORT = 65535
OTHER_FILES = 400  # besides the workers' links: connections to the control API, mostly
WORKER_TASKS = 3  # threads
OTHER_TASKS = 64  # supervisor, templates, front, voice
WORKER_MB = 10  # private memory, with all its calls
OTHER_MB = 200


def place(settings: Settings) -> Place | None:
    """All that a fleet takes, as the place of one line.  None: one worker takes all the calls."""
    slots = _workers(settings) * SPARE
    sip = settings.sip
    return Place(sip.address, sip.port, sip.rtp_port, slots * RTP_PORTS) if slots else None


def require_room(settings: Settings, slots: int) -> None:
    """Raises `SettingsError`: the ports of `slots` workers are none, or in each other's way."""
    if clash := _clash(settings, slots):
        raise SettingsError("; ".join(clash))


def check(settings: Settings) -> Iterator[Finding]:
    """Looks at what a server needs besides the line (see `ivr.sip.check`).

    A finding that is `ok` and has a remedy is a warning.
    """
    if workers := _workers(settings):
        slots = workers * SPARE
        yield _front(settings, slots)
        yield _ports(settings, slots)
        yield _limit("open files", resource.RLIMIT_NOFILE, slots + OTHER_FILES, "-n", "LimitNOFILE")
        tasks = slots * WORKER_TASKS + OTHER_TASKS
        yield _limit("threads", resource.RLIMIT_NPROC, tasks, "-u", "LimitNPROC")
        yield _memory(workers)
    yield _control(settings)
    yield _user(settings.user)


def _workers(settings: Settings) -> int:
    """How many there are to be behind a front; 0: there is none."""
    try:
        workers = ceil(settings.calls / callers_each(settings))
    except ImportError:  # which `ivr.sip.check` tells
        return 0
    return workers if workers > 1 else 0


def _front(settings: Settings, slots: int) -> Finding:
    if external := settings.front.external:
        return Finding("front", True, f"{external}, which is your own")
    if lack := missing(settings.front.program):
        return Finding(
            "front", False, lack, f"without it one worker serves {callers_each(settings)} calls"
        )
    try:
        plan = FrontPlan.of(settings, slots)
        for path in (plan.tls.certificate, plan.tls.key, plan.tls.authorities) if plan.tls else ():
            if path:
                path.read_bytes()
        with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
            file = Path(folder) / CONFIGURATION
            file.write_text(configuration(plan), encoding="utf-8")
            file.with_name(TLS).write_text(tls_configuration(plan), encoding="utf-8")
            asyncio.run(program.check(plan.program, file))
    except OSError as error:
        return Finding("front", False, str(error), "let the user that serves read this file")
    except IvrError as error:
        return Finding("front", False, str(error), "see the section `front` of the settings")
    return Finding("front", True, f"{program.find(plan.program)} accepts its configuration")


def _ports(settings: Settings, slots: int) -> Finding:
    if wrong := _clash(settings, slots) or _busy(settings, slots):
        return Finding("ports of workers", False, *wrong)
    first = settings.fleet.first_port
    return Finding("ports of workers", True, f"{first} to {first + slots - 1} are free")


def _clash(settings: Settings, slots: int) -> tuple[str, str] | None:
    """What is wrong with the numbers, and what to do about it."""
    sip, fleet = settings.sip, settings.fleet
    first, last = fleet.first_port, fleet.first_port + slots - 1
    rtp, rtp_last = sip.rtp_port, sip.rtp_port + slots * RTP_PORTS - 1
    workers = f"fleet.first_port: the workers take ports {first} to {last}"
    if rtp_last > LAST_PORT:
        most = (LAST_PORT + 1 - rtp) // (SPARE * RTP_PORTS) * callers_each(settings)
        taken = f"sip.rtp_port: {settings.calls} calls take ports {rtp} to {rtp_last} for RTP"
        return taken, f"from {rtp} on, there is room for {most} calls"
    if last > LAST_PORT:
        return workers, f"let them end below {LAST_PORT + 1}"
    if first <= sip.port <= last:
        return f"{workers}, and {sip.port} is sip.port", "move one of the two"
    everywhere = "0.0.0.0" in (sip.address, fleet.address)
    if (everywhere or sip.address == fleet.address) and first <= rtp_last and rtp <= last:
        return f"{workers}, and RTP {rtp} to {rtp_last}", "move fleet.first_port or sip.rtp_port"
    return None


def _busy(settings: Settings, slots: int) -> tuple[str, str] | None:
    """A port that somebody has, and what to do about it."""
    fleet = settings.fleet
    for port in (settings.sip.port, *range(fleet.first_port, fleet.first_port + slots)):
        if reason := _trouble(socket.SOCK_DGRAM, fleet.address, port):
            where = f"UDP port {port} of fleet.address {fleet.address}: {reason}"
            return where, "end what uses it (perhaps a second ivr), or set other ports"
    return None


def _trouble(kind: socket.SocketKind, address: str, port: int) -> str:
    """Why this cannot be bound; empty: it can."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def _limit(what: str, number: int, needed: int, flag: str, directive: str) -> Finding:
    limit = resource.getrlimit(number)[0]
    if 0 <= limit < needed:
        remedy = f"`ulimit {flag} {needed}`, or {directive}={needed} in the systemd unit"
        return Finding(what, False, f"{limit} are allowed, {needed} may be needed", remedy)
    allowed = "any number is" if limit < 0 else f"{limit} are"
    return Finding(what, True, f"{allowed} allowed, {needed} may be needed")


def _memory(workers: int) -> Finding:
    needed = workers * WORKER_MB + OTHER_MB
    there = _available_mb()
    found = f"about {needed} MB for {workers} workers, {there} MB available"
    if needed > there:
        return Finding("memory", False, found, "set fewer calls, or add memory")
    return Finding("memory", True, found)


def _available_mb() -> int:
    fields = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return int(fields["MemAvailable"].split()[0]) // 1024


def _control(settings: Settings) -> Finding:
    control = settings.control
    where = f"{control.address}:{control.port}"
    if reason := _trouble(socket.SOCK_STREAM, control.address, control.port):
        needed = "port" in control.model_fields_set  # else ivr serves without it
        return Finding("control API", not needed, f"{where}: {reason}", "set another control.port")
    return Finding("control API", True, f"{where} is free")


def _user(user: str) -> Finding:
    own = pwd.getpwuid(os.geteuid()).pw_name
    if user:
        try:
            pwd.getpwnam(user)
        except KeyError:
            make = f"`adduser --system --group {user}` makes one"
            return Finding("user", False, f"user: there is no user {user!r}", make)
    if os.geteuid() != 0:
        return Finding("user", True, own)
    if not user:
        return Finding("user", True, "root", "`user:` in the settings names whom to become instead")
    return Finding("user", True, f"{user}, when started as root")

"""A line for one call, in this process, when no server is there to make it."""

from __future__ import annotations

import gc
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from .. import listening, outside, records
from ..config.calls_out import addressed
from ..engine.call_out import CallOut
from ..engine.errors import SettingsError
from ..engine.events import Dismissed
from ..engine.flow import Flow
from ..fleet import vital
from ..fleet.place import Place, line_settings
from ..project import Ground, Project, load_project
from ..sip.ids import new_call_id
from ..sip.phone import Phone
from ..sip.settings import LineSettings
from ..sip.speech import Open
from ..speech.prompts import PromptStore
from ..store.journal import Journal
from ..worker import Worker

SLOT = 9999  # of no worker in a fleet: what is written here is told from what those write
LAST_RECORD = 10.0  # seconds for the record to be made
TRIES = 5  # ports: another program may take one before we do

_alone = threading.Lock()  # the SIP stack is there once in a process


class OwnLine:
    """Calls with *flow* of *project*, on a free port of the address in its settings."""

    def __init__(self, project: Project, flow: Flow) -> None:
        self.project = project
        self.flow = flow
        self.free_port = free_port
        self._leaving = threading.Event()
        self._phone: Phone | None = None

    @classmethod
    def of(cls, settings: Path, flow: str | Path | Flow) -> OwnLine:
        """A line for a flow: by name, from a file, or as it is.

        Raises `LoadError` and `SettingsError`.
        """
        project, ground = load_project(settings), Ground.read(settings)
        if isinstance(flow, Path) or (isinstance(flow, str) and Path(flow).suffix):
            flow = ground.load_one(Path(flow))
        elif isinstance(flow, str):
            known = project.routes.named(flow)
            if known is None:
                names = ", ".join(project.routes.names)
                raise SettingsError(f"there is no flow {flow!r}; there are: {names}")
            flow = known
        ground.equip(flow)
        return cls(project.beside(flow), flow)

    def call(self, order: Mapping[str, str]) -> Iterator[str]:
        """See `Way`."""
        try:
            given = CallOut.of(new_call_id(), addressed(self.project.settings, order))
        except ValueError as error:
            raise SettingsError(str(error)) from None
        if not _alone.acquire(blocking=False):
            raise SettingsError("this process calls already; one call at a time")
        try:
            with quiet_gc():
                yield from self._call(given)
        finally:
            _alone.release()

    def hang_up(self) -> None:
        """See `Way`."""
        self._leaving.set()
        if self._phone:
            self._phone.wake()

    def _call(self, order: CallOut) -> Iterator[str]:
        settings, life = self.project.settings, f"w{SLOT}-{secrets.token_hex(3)}"
        prompts = self.project.prompts()
        prompts.render_all()
        vital.hold(settings.lives, life)
        journal = Journal(settings.journals, settings.spool, life)
        try:
            yield from self._serve(order, prompts, journal)
        finally:
            self._phone = None
            prompts.close()
            vital.forget(settings.lives, life)
            keeper = records.keeper(settings)
            keeper.start()
            keeper.stop(LAST_RECORD)

    def _serve(self, order: CallOut, prompts: PromptStore, journal: Journal) -> Iterator[str]:
        ear = listening.ear(self.project.settings)
        phone = self._phone = self._opened(prompts, ear.open)
        pool = outside.pool(self.project, phone.wake, phone.tell_waiting)
        worker = Worker(phone, lambda offer: (None, offer), journal, pool=pool)
        try:
            phone.refuse()  # whoever calls here
            if why := phone.refuses(order):
                raise SettingsError(f"{order.to}: {why}")
            worker.dial(order, self.flow)
            seen = _Lines(records.spool(self.project.settings).find(order.id))
            while worker.sessions:
                yield from seen.read()
                if self._leaving.is_set():
                    self._leaving.clear()
                    worker.tell(order.id, Dismissed())
                worker.turn()
            yield from seen.read()
        finally:
            worker.end()
            ear.close()

    def _opened(self, prompts: PromptStore, open: Open) -> Phone:
        tries = TRIES
        while True:
            phone = Phone(self._settings(), prompts.resolve, open)
            try:
                phone.start()
                return phone
            except SettingsError:
                tries -= 1
                if not tries:
                    raise

    def _settings(self) -> LineSettings:
        sip = self.project.settings.sip
        place = Place(sip.address, self.free_port(sip.address), sip.rtp_port, sip.rtp_ports)
        settings = line_settings(self.project.settings, place)
        return replace(settings, tls_certificate=None, tls_key=None)


class _Lines:
    """What comes in a journal; nothing, where a full disk has none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._read = 0

    def read(self) -> list[str]:
        if self._path is None:
            return []
        lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
        new, self._read = lines[self._read :], len(lines)
        return new


@contextmanager
def quiet_gc() -> Iterator[None]:
    """No collection in another thread: a SIP object that is destroyed there ends the process."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        if was_on:
            gc.enable()


def free_port(address: str) -> int:
    """A port that is free for UDP and TCP."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        ):
            udp.bind((address, 0))
            port: int = udp.getsockname()[1]
            try:
                tcp.bind((address, port))
            except OSError:
                continue
            return port

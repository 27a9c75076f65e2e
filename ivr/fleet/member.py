"""A worker in a fleet: opens its line, tells the supervisor how it is, and does what that says."""

from __future__ import annotations

import gc
import logging
import signal
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import listening, outside
from ..engine.call_out import CallOut
from ..engine.errors import IvrError
from ..engine.events import Dismissed, Event, Interjected, Moved
from ..engine.measures import FALLBACKS, UNTRANSLATED, VOICE_FALLBACKS
from ..project import Project, load_project
from ..routes import Routes
from ..sip.accounts import Registration
from ..sip.phone import Phone
from ..speech.prompts import PromptStore
from ..store.journal import Journal
from ..tally import Tally
from ..worker import Worker
from . import vital
from .link import Link, Message
from .place import Place, line_settings

BEAT = 1.0  # seconds between two signs of life
BRIDGE = 20.0  # seconds for another supervisor to come
NEWS = 0.1  # seconds between two tellings about calls
NO_ROOM = "no worker has a free place"

log = logging.getLogger("ivr.worker")


def serve(project: Project, prompts: PromptStore, life: str, place: Place, link: Link) -> int:
    """Be a worker until there is nothing more to do.  Returns the process's exit code."""
    settings = project.settings
    ear = listening.ear(settings)
    phone = Phone(line_settings(settings, place), prompts.resolve, ear.open)
    journal = Journal(settings.journals, settings.spool, life)
    work = outside.pool(project, phone.wake, phone.tell_waiting)
    worker = Worker(phone, project.routes.flow_of, journal, pool=work)
    bridge = BRIDGE if place.front else 0.0
    member = Member(link, phone, worker, project.routes, prompts, bridge)
    vital.hold(settings.lives, life)
    vital.answer_where()
    try:
        phone.start()
    except IvrError as error:
        log.error("%s", error)
        return 1
    # A destructor of a SIP object that runs in another thread ends the process: from here on the
    # worker collects, in this one.
    gc.collect()
    gc.freeze()
    gc.disable()
    if listening.listens(project.every_flow):
        ear.start()
    signal.signal(signal.SIGTERM, lambda number, frame: worker.drain())
    signal.signal(signal.SIGIO, lambda number, frame: phone.wake())
    link.wake_by_signal()
    link.send({"ready": phone.capacity})
    try:
        worker.run()
    finally:
        member.close()
        ear.close()
    return 0


class Member:
    """What joins a worker and its supervisor.

    `bridge`: for how many seconds calls are taken when there is no supervisor any more.
    """

    def __init__(
        self, link: Link, phone: Phone, worker: Worker, routes: Routes, prompts: PromptStore,
        bridge: float,
    ) -> None:  # fmt: skip
        self._link = link
        self._phone = phone
        self._worker = worker
        self._routes = routes
        self._prompts = prompts
        self._tally = Tally(self._heard)
        worker.tally, worker.attend = self._tally, self.attend
        self._registrar = phone.registrar
        self._registrar.failed = self._tally.registration_failed
        self._registers = False
        self._since: dict[str, float] = {}
        self._told: list[dict[str, Any]] = []
        self._told_of_accounts: list[Registration] = []
        self._beat_at = self._looked_at = 0.0
        self._bridge = bridge
        self._alone_since: float | None = None

    def _heard(self) -> dict[str, int]:
        store = self._prompts
        return {
            FALLBACKS.name: store.replaced,
            VOICE_FALLBACKS.name: store.stood_in,
            UNTRANSLATED.name: store.untranslated,
        }

    def attend(self) -> None:
        """Do what the supervisor says, and tell it how we are.  Between two turns of the worker."""
        for message, _ in self._link.receive():
            self._do(message)
        now = time.monotonic()
        if self._link.gone and not self._worker.draining:
            self._go_on_alone(now)
        due = now - self._beat_at >= BEAT
        if due or now - self._looked_at >= NEWS:
            self._looked_at = now
            live = self._calls()
            if due or live != self._told or self._accounts() != self._told_of_accounts:
                self._tell(live, now)

    def close(self) -> None:
        """The worker is done: its last words."""
        self._tell(self._calls(), time.monotonic())
        self._prompts.close()

    def _go_on_alone(self, now: float) -> None:
        """Calls go on, and new ones are taken for as long as a successor may need to come."""
        if self._alone_since is None:
            self._alone_since = now
            log.warning("the supervisor is gone; calls go on without it")
        if now - self._alone_since >= self._bridge:
            self._register(False)  # a successor's worker has them, or will
            self._drain(None)

    def _tell(self, live: list[dict[str, Any]], now: float) -> None:
        message: Message = {"beat": len(live)}
        if live != self._told:
            message["live"] = live
        if counted := self._tally.take():
            message["tally"] = counted
        if (accounts := self._accounts()) != self._told_of_accounts:
            message["registrations"] = [asdict(account) for account in accounts]
        if self._link.send(message):
            self._told, self._told_of_accounts = live, accounts
        self._beat_at = now

    def _accounts(self) -> list[Registration]:
        """How they are, unless another worker has them and tells of them."""
        return self._registrar.states() if self._registers else self._told_of_accounts

    def _calls(self) -> list[dict[str, Any]]:
        sessions = self._worker.sessions
        wall = time.time()
        self._since = {call_id: self._since.get(call_id, wall) for call_id in sessions}
        return [
            {
                "id": call_id,
                "caller": session.call.caller,
                "dialled": session.call.dialled,
                "flow": session.flow.name,
                "state": session.place,
                "since": self._since[call_id],
                "sip": session.call.headers.get("call-id", ""),
            }
            for call_id, session in sessions.items()
        ]

    def _do(self, message: Message) -> None:
        match message:
            case {"tell": call_id, "number": number, **what}:
                known = self._worker.tell(call_id, _event(what))
                self._answer(number, "" if known else "no such call")
            case {"dial": order, "number": number}:
                self._answer(number, *self._dial(CallOut.of(order.pop("id"), order)))
            case {"drain": seconds}:
                self._registrar.end()
                self._drain(seconds)
            case {"end": _}:
                self._registrar.leave()
                self._drain(0.0)
            case {"register": keep}:
                self._register(keep)
            case {"overrides": overrides}:
                self._worker.overrides = overrides
            case {"swap": file, "number": number}:
                self._answer(number, self._swap(Path(file)))

    def _register(self, keep: bool) -> None:
        self._registers = keep
        if keep:
            self._registrar.keep()
        else:
            self._registrar.leave()

    def _drain(self, seconds: float | None) -> None:
        self._worker.drain_seconds = seconds
        self._worker.drain()

    def _answer(self, number: int, why: str, kind: str = "") -> None:
        self._link.send({"told": number, **({"why": why, "kind": kind} if why else {})})

    def _dial(self, order: CallOut) -> tuple[str, str]:
        """Make a call out; or why not, and the kind of that (see `NotDialled`)."""
        flow = self._routes.named(order.flow)
        if flow is None:
            known = ", ".join(self._routes.names)
            return f"there is no flow {order.flow!r}; there are: {known}", "unknown"
        if why := self._phone.refuses(order):
            return (NO_ROOM, "no_room") if why == "no_slot" else (f"{order.to}: {why}", "refused")
        try:
            self._worker.dial(order, flow)
        except IvrError as error:
            return f"{order.flow}: {error}", "refused"
        self._tell(self._calls(), time.monotonic())  # it is known before who asked has its id
        return "", ""

    def _swap(self, file: Path) -> str:
        """Take new calls with what *file* says now; those that run keep what they began with.

        Returns why that could not be.
        """
        try:
            with self._worker.guard:  # the sound of its calls goes on
                project = load_project(file)
                prompts = project.prompts()
                prompts.render_all()
        except (IvrError, OSError) as error:
            log.error("not reloaded: %s", error)
            return str(error)
        prompts.replaced = self._prompts.replaced  # they are counted on
        prompts.untranslated = self._prompts.untranslated
        prompts.stood_in = self._prompts.stood_in
        self._routes, self._prompts = project.routes, prompts
        self._worker.pool.renew(
            outside.jobs(project, self._phone.tell_waiting), outside.limits(project)
        )
        self._worker.route, self._phone.prompts = self._routes.flow_of, prompts.resolve
        return ""


def _event(what: Message) -> Event:
    match what:
        case {"do": "move", "state": state}:
            return Moved(state)
        case {"do": "play", "prompt": prompt}:
            return Interjected(prompt)
        case _:
            return Dismissed()

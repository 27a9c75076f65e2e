"""ivr serve, put together: workers, front, records, control."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from importlib import metadata
from math import ceil
from pathlib import Path

from .. import records
from ..config import Settings
from ..engine.errors import SettingsError
from ..sip.check import require_free, require_usable
from ..web.app import build
from ..web.gate import Gate
from ..web.metrics import Metrics
from ..web.operation import Context
from ..web.server import serve
from ..web.tokens import the_token
from . import notify, vital
from .check import require_room
from .crew import Bury, slot_of
from .desk import Desk
from .front import missing
from .place import line_settings
from .porter import FRONT, Porter
from .privileges import unwritable
from .self_call import SelfCall
from .supervisor import ENDED, SPARE, Supervisor
from .watch import changes

STILLBORN = 3  # deaths of workers, before the first of them takes calls, that are enough
ORPHANS = 2.0  # seconds between two looks at workers that another supervisor left
TOGETHER = 0.7  # seconds in which two wishes to reload are one: files settle in 0.5 s
LAST_RECORDS = 10.0  # seconds for the records of the last calls

log = logging.getLogger("ivr.server")


class Server:
    """Everything that one `ivr serve` runs."""

    def __init__(self, file: Path, settings: Settings) -> None:
        self.settings = settings
        self.supervisor = Supervisor(
            file,
            settings,
            published=self._published,
            buried=self._buried,
            counted=lambda tally: self.metrics.add(tally),
        )
        self.desk = Desk(self.supervisor)
        self.keeper = records.keeper(settings)
        self.porter: Porter | None = None
        self.metrics = Metrics(self.desk, self._front_is_up, metadata.version("ivr"))
        self._end = asyncio.Event()
        self._code = 0
        self._reloads_due = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, announce: Callable[[int], None]) -> int:
        """Serve until told to end; `announce` the number of calls that can be taken.

        Returns the exit code.  Raises `LoadError` and `SettingsError` where it cannot begin.
        """
        var = self.settings.var
        try:
            alone = vital.hold(var / "run", "server")
        except OSError as error:
            raise SettingsError(unwritable(var, error)) from None
        if not alone:
            raise SettingsError(
                f"{var} is in use by another `ivr serve`; end that, or give this one its own `var`"
            )
        self._require_port()
        limit = await self.supervisor.load()
        workers, behind_front = self._size(limit)
        if behind_front:
            require_room(self.settings, workers * SPARE)
            if not self.settings.front.external:
                self.porter = Porter(self.supervisor, workers)
        self._listen_to_signals()
        async with AsyncExitStack() as stack:
            stack.callback(self.supervisor.end)
            self.keeper.start()
            stack.callback(self.keeper.stop, LAST_RECORDS)
            self._take_over()
            if not behind_front:
                self._require_line()
            self.supervisor.start(workers, behind_front)
            if self.porter:
                stack.push_async_callback(self.porter.stop)
            self._spawn(self._watch_files())
            await self._until_ready()
            if self.supervisor.crew.closing:
                await first(self.supervisor.over, self._end)
                return self._code
            if self.porter:
                await self.porter.start()
            self.supervisor.register()
            await self._open_control(stack)
            announce(sum(life.capacity for life in self.supervisor.crew.serving()))
            notify.tell("READY=1")
            if self.settings.self_call.every:
                saw = self.metrics.self_calls.saw
                self._spawn(SelfCall(self.settings, self.supervisor.crew, saw).run())
            await first(self.supervisor.over, self._end)
        return self._code

    def _size(self, limit: int) -> tuple[int, bool]:
        """How many workers there are to be, each of which holds `limit` calls; behind a front?"""
        workers = max(1, ceil(self.settings.calls / limit))
        front = self.settings.front
        behind_front = workers > 1 or bool(self.settings.peers)
        if behind_front and not front.external and (lack := missing(front.program)):
            log.error("%s; without it one worker serves %d calls", lack, limit)
            return 1, False
        return workers, behind_front

    def _require_port(self) -> None:
        """Raises `SettingsError`: there is no place to listen, or the secret of an account is not
        there, of which no worker need die."""
        line = line_settings(self.settings)
        front = self.settings.front.external or (self.settings.var / FRONT).exists()
        if not front and not any(vital.known(self.settings.lives).values()):
            require_free(line)  # else it may be held by what we shall take over

    def _require_line(self) -> None:
        """Raises `SettingsError`: callers, or accounts, cannot reach us as the settings say."""
        for name, account in self.settings.accounts.items():
            if account.by_tls:
                raise SettingsError(
                    f"accounts.{name}: the front speaks TLS, and here is none; set `calls` to more"
                    " than one worker takes, or let a proxy of your own speak it"
                )
        if not self.supervisor.occupied:
            require_usable(line_settings(self.settings))

    async def _until_ready(self) -> None:
        crew = self.supervisor
        ends = (crew.complete, crew.over, self._end)
        while not any(event.is_set() for event in ends):
            if not crew.crew.serving() and crew.restarts.total() >= STILLBORN:
                raise SettingsError("the workers do not start; the log says why")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(first(*ends), 0.5)

    async def _open_control(self, stack: AsyncExitStack) -> None:
        control = self.settings.control
        token = the_token(control.token.get_secret_value(), self.settings.token_file)
        gate = Gate(token, control.failures, time.monotonic)
        context = Context(self.desk, self.metrics)
        version = metadata.version("ivr")
        app = build(context, gate, guard_metrics=control.guard_metrics, version=version)
        try:
            await stack.enter_async_context(serve(app, control.address, control.port))
        except SettingsError as error:
            if "port" in control.model_fields_set:
                raise
            log.warning("%s", error)  # nobody asked for it

    # -- signals ----------------------------------------------------------------------------------

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked_to_end, number)
        loop.add_signal_handler(signal.SIGHUP, self._asked_to_reload)

    def _asked_to_end(self, number: int) -> None:
        if self.supervisor.crew.closing:
            self._code = 128 + number
            self._end.set()
        notify.tell("STOPPING=1")
        self.supervisor.close(self.settings.drain_seconds)

    def _asked_to_reload(self) -> None:
        self._spawn(self._reload())

    async def _reload(self) -> None:
        if self._reloads_due:  # SIGHUP, and the file that it is about: one reading does for both
            return
        self._reloads_due = True
        notify.tell("RELOADING=1")
        await asyncio.sleep(TOGETHER)
        self._reloads_due = False
        await self.supervisor.reload()
        notify.tell("READY=1")

    async def _watch_files(self) -> None:
        try:
            async for changed in changes(self.supervisor.file, self.settings):
                log.info("changed: %s", ", ".join(changed))
                await self._reload()
        except OSError as error:
            log.error("changed files are not noticed any more: %s; SIGHUP reloads", error)

    # -- what the supervisor tells ----------------------------------------------------------------

    async def _published(self) -> None:
        if self.porter:
            await self.porter.changed()

    def _buried(self, bury: Bury) -> None:
        for call in bury.calls if bury.cause != ENDED else ():
            self.metrics.lost(call["flow"])
        self.keeper.bury(bury.life, bury.cause, time.time())
        vital.forget(self.settings.lives, bury.life)

    def _front_is_up(self) -> bool:
        return self.porter is None or self.porter.is_up

    # -- workers that another supervisor left behind ----------------------------------------------

    def _take_over(self) -> None:
        if self._bury_orphans():
            log.warning(
                "%d workers of a server that was killed still have calls; their places are taken",
                len(self.supervisor.occupied),
            )
            self._spawn(self._watch_orphans())

    def _bury_orphans(self) -> bool:
        """Close what dead ones left; whether any is alive."""
        own = self.supervisor.crew.lives
        # A supervisor may have been killed between the end of a life and its burial.
        left = dict.fromkeys(self.keeper.spool.lives(), False) | vital.known(self.settings.lives)
        strange = {life: alive for life, alive in left.items() if life not in own}
        for life, alive in strange.items():
            if not alive:
                self.keeper.bury(life, "worker died while nobody watched it")
                vital.forget(self.settings.lives, life)
        occupied = self.supervisor.occupied
        occupied.clear()
        occupied.update(slot_of(life) for life, alive in strange.items() if alive)
        return bool(occupied)

    async def _watch_orphans(self) -> None:
        while self._bury_orphans():
            await asyncio.sleep(ORPHANS)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def first(*events: asyncio.Event) -> None:
    """Wait until one of them is set."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()

"""Keeps the front: started, restarted, and told of every change among the workers."""

from __future__ import annotations

import asyncio
import logging

from .front import Destination, Front, FrontError, FrontPlan
from .supervisor import SPARE, Supervisor

FRONT = "run/front"  # in `var`; it outlives a supervisor that is killed
AGAIN = 1.0  # seconds before it is told again what it did not take
LONGEST_REST = 30.0  # seconds before a front that does not start is tried again

log = logging.getLogger("ivr.front")


class Porter:
    """One front, as long as the supervisor serves."""

    def __init__(self, supervisor: Supervisor, workers: int) -> None:
        """Raises `SettingsError`: there can be no such front."""
        settings = supervisor.settings
        self._supervisor = supervisor
        self._front = Front(FrontPlan.of(settings, workers * SPARE), settings.var / FRONT)
        self._telling = asyncio.Lock()
        self._overdue = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_up(self) -> bool:
        return bool(self._front.pid)

    async def start(self) -> None:
        """Open the front, and keep it open.  Raises `FrontError`."""
        await self._open()
        patience = self._supervisor.settings.fleet.hung_after
        keeping = (self._keep(), self._tell_again(), self._front.watch(patience))
        self._tasks = [asyncio.create_task(each) for each in keeping]

    async def stop(self) -> None:
        """End it: callers hear no more from here."""
        for task in self._tasks:
            task.cancel()
        await self._front.stop()

    async def changed(self) -> None:
        """Other workers take calls than before: returns when the front knows."""
        async with self._telling:  # whoever waits here finds that there is nothing left to tell
            try:
                await self._front.publish(self._destinations())
            except (FrontError, OSError) as error:
                log.error("the front does not learn of its workers: %s", error)
                self._overdue.set()

    async def _open(self) -> None:
        lives = self._supervisor.crew.lives.values()
        calls = [(call["sip"], life.name) for life in lives for call in life.live]
        await self._front.start(self._destinations(), calls)

    async def _keep(self) -> None:
        while True:
            code = await self._front.wait()
            log.error("the front is gone (%d); calls go on, and it is started again", code)
            rest = 0.0
            while not self.is_up:
                await asyncio.sleep(rest)
                try:
                    await self._open()
                except (FrontError, OSError) as error:
                    log.error("%s", error)
                    rest = min(LONGEST_REST, 2 * rest or 1.0)

    async def _tell_again(self) -> None:
        while True:
            await self._overdue.wait()
            self._overdue.clear()
            await asyncio.sleep(AGAIN)
            await self.changed()

    def _destinations(self) -> list[Destination]:
        supervisor = self._supervisor
        places = [(life, supervisor.place(life.slot)) for life in supervisor.crew.serving()]
        return [
            Destination(f"sip:{place.address}:{place.port}", life.name, life.capacity)
            for life, place in places
        ]

"""The front as a child process: started, told of workers, ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import program, pulse, recount
from .plan import Destination, FrontPlan
from .render import (
    CONFIGURATION,
    LIST,
    RPC,
    SET,
    TLS,
    configuration,
    dispatcher_list,
    options,
    tls_configuration,
)
from .rpc import FrontError, ask

START_LIMIT = 10.0  # seconds
STOP_LIMIT = 1.0  # seconds; it has nothing to save
POLL = 0.02  # seconds between two looks whether it is there
# Kamailio frees a list of workers at the second change after it, whoever still reads it then.
PAUSE = 0.05  # seconds between two changes

log = logging.getLogger("ivr.front")


class Front:
    """Kamailio, run by this process in `folder`, which is its own.

    It outlives a supervisor that is killed: calls go on, and the next supervisor's `start` ends it.
    """

    def __init__(self, plan: FrontPlan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder.absolute()
        self._config = self.folder / CONFIGURATION
        self._process: asyncio.subprocess.Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._secret = secrets.token_hex(16)
        self._known: tuple[Destination, ...] = ()
        self._changing = asyncio.Lock()
        self._changed = 0.0

    @property
    def pid(self) -> int:
        """Of its first process; 0: it does not run."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else 0

    async def start(
        self, destinations: Iterable[Destination] = (), calls: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Start it, with these workers.

        `calls` are those that run already, as (SIP Call-ID, life): a front that comes after another
        counts them, so that it knows who has room, and forgets each when it ends.  Whatever was
        left of that other one is ended.  Raises `FrontError`: it does not start, and why.
        """
        async with self._changing:
            await self._start(tuple(destinations))
            lives = {each.life for each in self._known}
            running = [(call_id, life) for call_id, life in calls if life in lives]
            await recount.tell(self.plan, self._secret, running)
        log.info("the front runs: pid %d, %d workers", self.pid, len(self._known))

    async def publish(self, destinations: Iterable[Destination]) -> None:
        """Have it use these workers and no others.  Counted calls of those that stay are kept.

        While it does not run this changes nothing: `start` says which workers there are.  Raises
        `FrontError` if it does not do so.
        """
        async with self._changing:
            wanted = tuple(destinations)
            if self.pid and self._known != wanted:
                try:
                    await self._change(wanted)
                except FrontError:
                    self._known = ()  # who knows what it has now: the next change is of all at once
                    raise

    async def loads(self) -> dict[str, int]:
        """How many calls it counts for each life.  Raises `FrontError`."""
        if not self._known:
            return {}
        lives = {each.uri: each.life for each in self._known}
        sets = [
            record["SET"] for record in (await self._ask("dispatcher.list", "short"))["RECORDS"]
        ]
        counted = [
            target["DEST"] for each in sets if each["ID"] == SET for target in each["TARGETS"]
        ]
        return {lives[each["URI"]]: each["RUNTIME"]["DLGLOAD"] for each in counted}

    async def stop(self) -> None:
        """End it.  Calls go on, but nobody can end them any more."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self.wait(), STOP_LIMIT)
        except TimeoutError:
            log.warning("the front did not end within %g s; killed", STOP_LIMIT)
            await program.end(self._config)

    async def wait(self) -> int:
        """Until it ends, with all of it: its exit code, or the number of a signal, negative."""
        assert self._process and self._listener, "it was never started"
        code = await self._process.wait()
        await program.end(self._config)  # a child outlives a parent that was killed
        await self._listener
        return code

    async def watch(self, patience: float) -> None:
        """For ever: end it when it has not answered for *patience* seconds; `wait` returns then."""
        while True:
            await asyncio.sleep(patience / 3)
            answered = not self.pid or await pulse.beats(self.plan, patience)
            if not answered and not self._changing.locked():  # else it may be about to start
                log.error("the front has not answered for %g s; killed", patience)
                await program.end(self._config)

    # -- starting ---------------------------------------------------------------------------------

    async def _start(self, destinations: tuple[Destination, ...]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        await program.end(self._config)
        self._known = destinations
        self._write(CONFIGURATION, configuration(self.plan, self._secret))
        if self.plan.tls:
            self._write(TLS, tls_configuration(self.plan))
        self._write(LIST, dispatcher_list(destinations, self.plan))
        await program.check(self.plan.program, self._config)
        said: list[str] = []
        # With a pipe of asyncio's, `wait` would wait for all who hold it, not for the first.
        reading, writing = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *program.command(self.plan.program, self._config, "-DD", *program.MEMORY),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=writing,
                start_new_session=True,  # Ctrl-C is for the supervisor
            )
        finally:
            os.close(writing)
            self._listener = asyncio.create_task(self._listen(reading, said))
        await self._until_there(self._process, said)

    def _write(self, name: str, text: str) -> None:
        """Whole or not at all, and for nobody else's eyes: there are passwords in it."""
        path = self.folder / f"{name}.new"
        path.touch(0o600)
        path.write_text(text, encoding="utf-8")
        path.replace(self.folder / name)

    async def _until_there(self, process: asyncio.subprocess.Process, said: list[str]) -> None:
        there = asyncio.create_task(self._answer())
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({there, ended}, timeout=START_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if there.done():
            return
        there.cancel()
        await self.stop()
        raise FrontError(f"the front did not start: {program.readable(said)}")

    async def _answer(self) -> None:
        """Until it answers."""
        while True:
            with contextlib.suppress(FrontError):
                await self._ask("core.uptime")
                return
            await asyncio.sleep(POLL)

    async def _listen(self, reading: int, said: list[str]) -> None:
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(reading, "rb")
        )
        while True:
            try:
                line = await lines.readline()
            except ValueError:  # a stranger's message, which Kamailio writes down whole
                continue
            if not line:
                return
            level, text = program.understand(line.decode("utf-8", "replace"))
            if level >= logging.ERROR:
                said[3:] = [text]
            if text:
                log.log(level, "%s", text)

    # -- workers ----------------------------------------------------------------------------------

    async def _ask(self, method: str, *params: str | int) -> Any:
        return await ask(self.folder / RPC, method, *params)

    async def _change(self, wanted: tuple[Destination, ...]) -> None:
        """All at once while no call is counted, which would start all at zero; else one by one."""
        self._write(LIST, dispatcher_list(wanted, self.plan))
        if await self._idle():
            await self._edit("dispatcher.reload")
        else:
            old = {_place(each): each for each in self._known}
            new = {_place(each): each for each in wanted}
            gone = old.keys() - new.keys()
            uris = {each.uri for each in wanted}
            for place in gone:  # two cannot have one address
                if old[place].uri in uris:
                    await self._edit("dispatcher.remove", SET, old[place].uri)
            for place, each in new.items():
                if place not in old:
                    await self._edit("dispatcher.add", SET, each.uri, *options(each))
            for place in gone:  # last: callers come all the time
                if old[place].uri not in uris:
                    await self._edit("dispatcher.remove", SET, old[place].uri)
        self._known = wanted

    async def _idle(self) -> bool:
        try:
            return not any((await self.loads()).values())
        except FrontError:  # there are too many to be listed
            return False

    async def _edit(self, method: str, *params: str | int) -> None:
        await asyncio.sleep(max(0.0, self._changed + PAUSE - time.monotonic()))
        await self._ask(method, *params)
        self._changed = time.monotonic()


def _place(destination: Destination) -> tuple[str, str, int]:
    """What must be the same for a count to be kept."""
    return destination.uri, destination.life, destination.maxload

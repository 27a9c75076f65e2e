"""The templates: one process for each version of the project that still has workers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from ..engine.codes import Code
from ..engine.errors import Fault, LoadError, SettingsError
from .crew import Fork
from .link import Link, Message
from .overdue import overdue
from .place import Place

LOADING = 600.0  # seconds: thousands of prompts may have to be rendered
PATIENCE = 120.0  # seconds for one step of that, such as one prompt


class Template:
    """One of them, seen from the supervisor."""

    def __init__(
        self, version: int, told: Callable[[Message], None], patience: float = PATIENCE
    ) -> None:
        self.version = version
        self._patience = patience
        self._notes = os.memfd_create("notes")
        self._told = told
        self._link, end = Link.pair()
        passed = [end.fileno(), self._notes]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ivr.fleet.template", *map(str, passed)],
            pass_fds=passed, stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the supervisor alone
        )  # fmt: skip
        end.close()
        self._loaded: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.over: asyncio.Event = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._link, self._hear)

    async def load(self, file: Path, fixed: Message | None) -> int:
        """Read the project.  To replace another, its scenarios must go as told, and the settings
        that are `fixed` must be as before.

        Returns how many calls a worker holds.  Raises `LoadError` and `SettingsError`.
        """
        self._link.send({"file": str(file), "fixed": fixed, "patience": self._patience})
        async with asyncio.timeout(LOADING):
            try:
                return await self._loaded
            except (LoadError, SettingsError):
                await self.over.wait()  # it ends by itself
                raise

    def fork(self, fork: Fork, place: Place) -> Link:
        """Start the process of a life, and return the link to it."""
        link, end = Link.pair()
        self._link.send({"fork": fork.life, "place": asdict(place)}, end)
        end.close()
        return link

    def retire(self) -> None:
        """No more forks; the process ends with its last worker."""
        self._link.send({"retire": True})

    def kill(self) -> None:
        """End the process now.  Its workers go on."""
        self._process.kill()

    @property
    def is_ready(self) -> bool:
        """Whether it has read the project, and can fork."""
        return self._loaded.done() and not self._loaded.cancelled() and not self._loaded.exception()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _hear(self) -> None:
        for message, _ in self._link.receive():
            if self._loaded.done():
                self._told(message)
            elif "loaded" in message:
                self._loaded.set_result(message["loaded"])
            elif "faults" in message or "trouble" in message:
                self._loaded.set_exception(_error(message))
            else:
                self._told(message)
        if self._link.gone:
            asyncio.get_running_loop().remove_reader(self._link)
            self._link.close()
            self._process.kill()  # it has said all that it had to, and must not keep us waiting
            code = self._process.wait()
            if not self._loaded.done():
                late = overdue(self._notes, self._patience)
                why = SettingsError(late or f"the template process ended with {code}")
                self._loaded.set_exception(why)
            os.close(self._notes)
            self.over.set()


def _error(message: Message) -> LoadError | SettingsError:
    if "trouble" in message:
        return SettingsError(message["trouble"])
    faults = message["faults"]
    return LoadError([Fault(**{**fault, "code": Code(fault["code"])}) for fault in faults])

"""An event loop in virtual time: when no datagram waits to be read, it is the next timer's time."""

from __future__ import annotations

import asyncio
import os
import selectors
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    waited = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._last = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._last.bind(("127.0.0.1", 0))
        self._last.connect(self._last.getsockname())

    def close(self) -> None:
        self._last.close()
        super().close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout != 0:
            self._last.send(b"?")
            self._last.recv(1)  # what was sent before it on loopback has come, too
        found = super().select(0)
        if not found:
            assert timeout is not None, "nothing will ever happen"
            self.waited += timeout
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._waiting = _Selector()
        super().__init__(self._waiting)

    def time(self) -> float:
        return self._waiting.waited


def run(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, in no time, and on one processor: its datagrams come in their order."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    try:
        return _run(main)
    finally:
        os.sched_setaffinity(0, processors)


def _run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)

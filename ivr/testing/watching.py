"""Whoever wants to see the simulated calls that are made meanwhile, by whomever."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .observed import Observed

_watchers: list[deque[Observed]] = []


@contextmanager
def watching(most: int | None = None) -> Iterator[deque[Observed]]:
    """The simulated calls that are made until this is left, in order; the last *most* of them."""
    calls: deque[Observed] = deque(maxlen=most)
    _watchers.append(calls)
    try:
        yield calls
    finally:
        _watchers.remove(calls) if calls is not _watchers[-1] else _watchers.pop()


def made(call: Observed) -> None:
    """*call* begins."""
    for calls in _watchers:
        calls.append(call)

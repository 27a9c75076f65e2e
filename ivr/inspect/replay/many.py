"""Many journals on one flow, on all processors."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...engine.flow import Flow
from .journal import CannotReplay, read
from .player import play
from .script import script_of
from .summary import Summary

BATCH = 200  # journals that a process takes at a time
OTHER = "a call through another flow"

Wanted = Callable[[Mapping[str, Any]], bool]
"""Whether a journal with this first line is to be replayed."""


def replay(
    files: Sequence[Path],
    flow: Flow,
    renamed: Mapping[str, str],
    names: frozenset[str],
    since: float = 0.0,
    processes: int = 1,
    told: Callable[[int, int], None] = lambda done, all: None,
) -> Summary:
    """Put the journals in *files* into *flow*: those of flows with these *names*.

    *since* is in seconds since 1970; earlier calls are left out.  *renamed* says how states are
    called now.  *told* is called with how many files are done, of how many.
    """
    batches = [files[at : at + BATCH] for at in range(0, len(files), BATCH)]
    whole, done = Summary(), 0
    for size, part in _parts(batches, _Job(flow, renamed, names, since), processes):
        whole += part
        done += size
        told(done, len(files))
    return whole


class _Job:
    def __init__(
        self, flow: Flow, renamed: Mapping[str, str], names: frozenset[str], since: float
    ) -> None:
        self.flow, self.renamed, self.names, self.since = flow, renamed, names, since

    def do(self, files: Sequence[Path]) -> tuple[int, Summary]:
        summary = Summary()
        for file in files:
            try:
                lines = list(_lines(file))
                head = next((line for line in lines if "call" in line), {})
                if head.get("flow") not in self.names or head.get("wall", 0.0) < self.since:
                    continue
                summary.add(play(script_of(read(lines)), self.flow, self.renamed))
            except CannotReplay as error:
                summary.skip(str(error))
            except OSError as error:
                summary.skip(str(error.strerror))
            except (KeyError, TypeError, ValueError, AttributeError):
                summary.skip("a line of it is not what a journal has")
        return len(files), summary


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a journal.  Raises `CannotReplay`, `OSError`."""
    for text in file.read_bytes().split(b"\n"):
        if text:
            try:
                line = json.loads(text)
            except ValueError:
                raise CannotReplay("a line of it is torn") from None
            if not isinstance(line, dict):
                raise CannotReplay("a line of it is torn")
            yield line


_job: _Job | None = None  # of the process that was forked


def _begin(job: _Job) -> None:
    global _job
    _job = job


def _do(files: Sequence[Path]) -> tuple[int, Summary]:
    assert _job is not None
    return _job.do(files)


def _parts(
    batches: Sequence[Sequence[Path]], job: _Job, processes: int
) -> Iterator[tuple[int, Summary]]:
    if processes < 2 or len(batches) < 2:
        yield from map(job.do, batches)
        return
    # A flow has functions in it, which no other way of starting a process hands over.
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, _begin, (job,)) as pool:
        yield from pool.imap_unordered(_do, batches)

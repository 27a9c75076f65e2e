"""What a server costs: the CPU and the memory of its processes, and how busy the machine is."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1
MEMORY_EVERY = 5.0  # seconds

Role = Callable[[str, int], str]


class Target:
    """The processes of a server: `roots`, and all that descend from them.

    `role` says what a process is there for, of its name and how far it is from a root (0: it is
    one); without it that is its name.  Raises `ProcessLookupError`.
    """

    def __init__(self, roots: Iterable[int], role: Role = lambda name, depth: name) -> None:
        self._roots = list(roots)
        self._role = role
        for pid in self._roots:
            if not (PROC / str(pid)).exists():
                raise ProcessLookupError(f"there is no process {pid}")

    def members(self) -> dict[int, str]:
        """The processes that there are now, with their roles."""
        names: dict[int, str] = {}
        children: dict[int, list[int]] = {}
        for entry in PROC.iterdir():
            if entry.name.isdigit() and (fields := _stat(int(entry.name))):
                names[int(entry.name)] = fields[0]
                children.setdefault(int(fields[2]), []).append(int(entry.name))
        found: dict[int, str] = {}
        depth, here = 0, [pid for pid in self._roots if pid in names]
        while here:
            found |= {pid: self._role(names[pid], depth) for pid in here if pid not in found}
            depth, here = depth + 1, [child for pid in here for child in children.get(pid, ())]
        return found


@dataclass(frozen=True, slots=True)
class Use:
    """What a target used while it was watched, by role."""

    seconds: float
    cpu: dict[str, float]
    """Seconds, of the user and the system, of processes that have ended, too."""
    private: dict[str, int]
    """Bytes that are not shared (USS), at the moment when they were most in all."""
    processes: dict[str, int]
    """How many there were at that moment."""
    busy: float
    """Share of the machine's time in which it was not idle."""
    steal: float
    """Share of the machine's time that its host gave to others."""


class Watch:
    """A context in which a target is watched.  `use` is there when it is left."""

    use: Use

    def __init__(self, target: Target) -> None:
        self._target = target
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._private: Counter[str] = Counter()
        self._processes: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._idle, self._stolen = _machine()
        self._cpu = self._used()
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        used = self._used()
        idle, stolen = _machine()
        seconds = time.monotonic() - self._began
        self._end.set()
        self._thread.join()
        self._weigh()
        self.use = Use(
            seconds,
            {role: used[role] - self._cpu[role] for role in {**self._cpu, **used}},
            dict(self._private),
            dict(self._processes),
            busy=1 - (idle - self._idle) / seconds / CORES,
            steal=(stolen - self._stolen) / seconds / CORES,
        )

    def _look(self) -> None:
        while not self._end.wait(MEMORY_EVERY):
            self._weigh()

    def _weigh(self) -> None:
        members = self._target.members()
        private: Counter[str] = Counter()
        for pid, role in members.items():
            private[role] += _private(pid)
        if private.total() > self._private.total():
            self._private, self._processes = private, Counter(members.values())

    def _used(self) -> defaultdict[str, float]:
        used: defaultdict[str, float] = defaultdict(float)
        for pid, role in self._target.members().items():
            used[role] += _cpu(pid)
        return used


def _stat(pid: int) -> list[str] | None:
    """Name, state, parent and the rest of /proc/PID/stat; None: there is no such process."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    return [name, *rest.split()]


def _cpu(pid: int) -> float:
    """Seconds that a process has used, with its children that have ended; 0: it is gone."""
    fields = _stat(pid)
    if not fields:
        return 0.0
    reaped = (int(fields[14]) + int(fields[15])) / TICK
    try:
        return time.clock_gettime(~pid << 3 | 2) + reaped  # clock_getcpuclockid(3)
    except OSError:  # it has just ended
        return (int(fields[12]) + int(fields[13])) / TICK + reaped


def _private(pid: int) -> int:
    """Bytes; 0: it is gone."""
    try:
        rows = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(row.split()[1]) for row in rows if row.startswith("Private_")) * 1024


def _machine() -> tuple[float, float]:
    """Seconds of all cores that were idle, and that were stolen."""
    with (PROC / "stat").open() as file:
        fields = file.readline().split()[1:]
    return (int(fields[3]) + int(fields[4])) / TICK, int(fields[7]) / TICK

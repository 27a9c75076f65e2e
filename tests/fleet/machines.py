"""Machines of a test's own: network namespaces that hear one another and nobody else."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
    return done.stdout


class Network:
    """Machines 10.77.0.1, 10.77.0.2 and so on; the first is the switch, too."""

    def __init__(self, count: int) -> None:
        self.names = [f"ivr-{os.getpid()}-{number}" for number in range(1, count + 1)]
        for name in self.names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        first = self.names[0]
        ip("-n", first, "link", "add", "switch", "type", "bridge")
        ip("-n", first, "addr", "add", f"{self.address(0)}/24", "dev", "switch")
        ip("-n", first, "link", "set", "switch", "up")
        for number, name in enumerate(self.names[1:], 1):
            port = f"port{number}"
            ip("-n", first, "link", "add", port, "type", "veth", "peer", "eth0", "netns", name)
            ip("-n", first, "link", "set", port, "master", "switch", "up")
            ip("-n", name, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")

    @staticmethod
    def address(number: int) -> str:
        return f"10.77.0.{number + 1}"

    @contextlib.contextmanager
    def inside(self, number: int) -> Iterator[str]:
        """What is opened and started meanwhile is that machine's."""
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.names[number]}", os.O_RDONLY)
        try:
            _enter(there)
            yield self.address(number)
        finally:
            _enter(here)
            os.close(here)
            os.close(there)

    def pids(self, number: int) -> list[int]:
        return [int(pid) for pid in ip("netns", "pids", self.names[number]).split()]

    def remove(self) -> None:
        for name in self.names:
            ip("netns", "del", name)


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns", Path("/proc/self/ns/net"))

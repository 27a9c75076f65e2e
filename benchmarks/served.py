"""`ivr serve` with the two jobs of the line benchmark, in a project of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .line import Target, write_prompts
from .line.plan import LOCAL

HERE = Path(__file__).parent
SIP_PORT, CALLER_PORT, FIRST_PORT, CONTROL_PORT = 31000, 31001, 31010, 31999
RTP_PORT = 10000  # below those of the caller, and of what the kernel hands out
WORKERS, FRONT = "workers", "kamailio"
ROLES = ("supervisor", "template", WORKERS)  # each is a child of the one before
ENDING = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    address: tuple[str, int]
    pid: int
    target: Target
    log: Path


@contextmanager
def serving(calls: int, folder: Path | None = None, **settings: str) -> Iterator[Served]:
    """A server for this many calls, in `folder` (None: one that is gone afterwards).

    `settings` are environment variables, such as IVR_SPEECH__ENGINE.

    Raises `RuntimeError`, with its log: it does not hold so many, or does not end well.
    """
    if folder is None:
        with (
            tempfile.TemporaryDirectory(prefix="ivr-line-") as name,
            serving(calls, Path(name), **settings) as served,
        ):
            yield served
        return
    shutil.copytree(HERE / "flows", folder / "flows")
    shutil.copy(HERE / "ivr.yaml", folder)
    write_prompts(folder / "prompts/en")
    log = folder / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "ivr", "serve", "--calls", str(calls)],
            cwd=folder,
            env={**os.environ, **_environment(), **settings},
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        )
    try:
        assert server.stdout
        held = re.search(r"up to (\d+) calls", server.stdout.readline())
        if not held or int(held[1]) < calls:
            raise RuntimeError(f"the server does not hold {calls} calls:\n{log.read_text()}")
        yield Served((LOCAL, SIP_PORT), server.pid, Target([server.pid], _role), log)
        server.send_signal(signal.SIGTERM)
        if code := server.wait(ENDING):
            raise RuntimeError(f"the server ended with {code}:\n{log.read_text()}")
    finally:
        server.kill()
        server.communicate()


def _environment() -> dict[str, str]:
    return {
        "IVR_SIP__PORT": str(SIP_PORT),
        "IVR_SIP__RTP_PORT": str(RTP_PORT),
        "IVR_FLEET__FIRST_PORT": str(FIRST_PORT),
        "IVR_CONTROL__PORT": str(CONTROL_PORT),
        "IVR_FRONT__CALLS_PER_SECOND": "10000",
        "IVR_FRONT__REQUESTS_PER_SECOND": "10000",
    }


def _role(name: str, depth: int) -> str:
    return FRONT if name == FRONT else ROLES[min(depth, len(ROLES) - 1)]

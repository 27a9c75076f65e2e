"""A helper process that answers one request at a time: both its ends.

Libraries that hang, crash, exit or need a lot of memory live in such a child.  It is started with
the first request, killed and started again when it dies or is late, and ends with its parent,
whose death closes its standard input.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ..engine.errors import IvrError

Json = dict[str, Any]

_PACKAGES = str(Path(__file__).resolve().parents[2])


class ChildError(IvrError):
    """The child did not answer, twice.  The message says why."""


class _Lost(Exception):
    """This process is of no more use."""


class Child:
    """The parent's end.  `module` is what the child runs; it calls `answer_requests`."""

    def __init__(
        self, module: str, start_limit: float = 20.0, arguments: Sequence[str] = ()
    ) -> None:
        self._module = module
        self._arguments = arguments
        self._start_limit = start_limit
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._closings = 0

    @property
    def pid(self) -> int | None:
        """The process in use, None before the first request and after `close`."""
        process = self._process
        return process.pid if process else None

    def ask(self, request: Mapping[str, Any], limit: float) -> Json:
        """The child's answer to `request`.

        `limit` is in seconds, for one attempt; starting the process has a limit of its own.  A
        child that is late or dies is replaced and asked once more.  Raises `ChildError`.
        """
        line = json.dumps(request).encode() + b"\n"
        with self._turn:
            closings = self._closings
            for attempt in (1, 2):
                try:
                    return self._ask(line, limit, closings)
                except _Lost as lost:
                    self._discard()
                    if attempt == 2 or closings != self._closings:
                        raise ChildError(str(lost)) from None
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End the process; a request under way fails.  The next request starts a new one."""
        self._closings += 1
        process = self._process
        if process:
            process.kill()
        if self._turn.acquire(timeout=5):
            try:
                self._discard()
            finally:
                self._turn.release()

    def _ask(self, line: bytes, limit: float, closings: int) -> Json:
        process = self._process
        if process is None:
            process = self._start(closings)
        return _exchange(process, line, limit, self._last_words)

    def _start(self, closings: int) -> subprocess.Popen[bytes]:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the process
        try:
            self._process = subprocess.Popen(
                # -P: the folder that we happen to run in must not shadow any module.
                [sys.executable, "-P", "-m", self._module, *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                env=environment(),
                # Its own group: Ctrl-C in the terminal is for the parent to handle.
                process_group=0,
            )
        except OSError as error:
            raise _Lost(f"cannot start {self._module}: {error}") from error
        if closings != self._closings:
            raise _Lost("closed")
        _exchange(self._process, b"", self._start_limit, self._last_words)
        return self._process

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe
                pipe.close()
        if self._errors:
            self._errors.close()
            self._errors = None

    def _last_words(self) -> str:
        """The last line that the child wrote on its standard error."""
        assert self._errors
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2000))
        lines = self._errors.read().decode(errors="replace").split("\n")
        return next((text.strip() for text in reversed(lines) if text.strip()), "no message")


def answer_requests(handle: Callable[[Json], Json]) -> None:
    """The child's end: one JSON object per line in, one per line out, until the input ends.

    An exception of `handle` becomes the answer ``{"error": text}``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    # What libraries print must not get between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    answer: Json = {"ready": True}
    while True:
        print(json.dumps(answer), file=answers, flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        try:
            answer = handle(json.loads(line))
        except Exception as error:
            answer = {"error": f"{error}" or type(error).__name__}


def environment() -> dict[str, str]:
    """What a child of ours is started with."""
    path = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": _PACKAGES + (os.pathsep + path if path else ""),
        # numpy starts a pool of threads otherwise, each with a stack and buffers.
        "OPENBLAS_NUM_THREADS": "1",
    }


def _exchange(
    process: subprocess.Popen[bytes], line: bytes, limit: float, last_words: Callable[[], str]
) -> Json:
    assert process.stdin
    assert process.stdout
    deadline = time.monotonic() + limit
    try:
        while line:
            _wait_for(process.stdin, select.POLLOUT, deadline, limit)
            # A ready pipe takes PIPE_BUF bytes without blocking.
            line = line[os.write(process.stdin.fileno(), line[: select.PIPE_BUF]) :]
        answer = b""
        while not answer.endswith(b"\n"):
            _wait_for(process.stdout, select.POLLIN, deadline, limit)
            part = os.read(process.stdout.fileno(), 65536)
            if not part:
                raise BrokenPipeError
            answer += part
    except OSError as error:
        raise _Lost(f"the process ended ({how_ended(process)}): {last_words()}") from error
    try:
        result = json.loads(answer)
        if isinstance(result, dict):
            return result
    except ValueError:
        pass
    raise _Lost(f"the process answered nonsense: {answer[:80]!r}")


def how_ended(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return "silent, not gone"
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _wait_for(pipe: IO[bytes], event: int, deadline: float, limit: float) -> None:
    # Not select.select, which cannot wait for descriptors above 1023.
    poll = select.poll()
    poll.register(pipe.fileno(), event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise _Lost(f"no answer within {limit:g} s")

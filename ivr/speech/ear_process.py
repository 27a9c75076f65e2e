"""The recognisers' process, seen from its worker.

How it works.  Whoever has sound writes it to a pipe, which takes a frame at once or not at all.
A thread of its own, the keeper, starts the process, reads what it says, and watches it: one that
dies, or is late, is ended and started anew, and the turns that it had fail.  A pipe is there from
the first moment on; what is written before the process is ready waits in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import IO, Any, Protocol

from .child import environment, how_ended
from .ear_frames import Frame, Kind, Unpacker, in_parts, pack
from .recogniser import Recognised

PIPE = 1 << 18  # bytes: four seconds of four callers
BEHIND = "the recogniser falls behind"
PAUSES = (0.0, 1.0, 5.0, 30.0)  # seconds before it is started again, by how often it failed at once
LOOK = 0.2  # seconds between two looks at whether something is late

log = logging.getLogger("ivr.ear")


class Listener(Protocol):
    """Who waits for a turn.  Called by the keeper."""

    def said(self, may_be_all: bool) -> None:
        """Whether what was said so far may be all."""

    def heard(self, recognised: Recognised) -> None:
        """What was said.  The turn is over."""

    def failed(self, reason: str) -> None:
        """Nothing will be recognised.  The turn is over."""


@dataclass(slots=True)
class _Turn:
    listener: Listener
    due: float = inf


class _Lost(Exception):
    """This process is of no more use."""


class EarProcess:
    """Recognises turns of many callers in one process.

    `limit` is how long, in seconds, a result, or any sign of life, may take; `start_limit` how long
    it may take to load the models.
    """

    def __init__(
        self,
        engine: str,
        models: Mapping[str, str],
        limit: float = 2.0,
        start_limit: float = 60.0,
    ) -> None:
        setup = json.dumps({"engine": engine, "models": dict(models)})
        self._command = [sys.executable, "-P", "-m", "ivr.speech.ear_child", setup]
        self._limit = limit
        self._start_limit = start_limit
        self._lock = threading.Lock()
        self._turns: dict[int, _Turn] = {}
        self._count = 0
        self._dropped: deque[int] = deque()
        self._keeper: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._to: int | None = None  # the pipe to the process
        self._from: int | None = None  # the process's end of it
        self._why_not = "the recogniser is not started"
        self._trouble = ""
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._pinged: float | None = None
        self._next_ping = 0.0
        self._said = b""  # by the process, on its standard error
        self._warned: set[str] = set()
        self.failures: dict[str, str] = {}
        """Why a language cannot be recognised, as far as the process has told."""

    @property
    def pid(self) -> int | None:
        """That of the process, None while there is none."""
        process = self._process
        return process.pid if process else None

    @property
    def trouble(self) -> str:
        """Why it last had to be started again; empty: it never had to."""
        return self._trouble

    def start(self) -> None:
        """Have the process started, if it is not yet.  Returns at once; from any thread."""
        with self._lock:
            if self._keeper is None and not self._stop.is_set():
                self._lay_pipe()
                self._keeper = threading.Thread(target=self._keep, name="ear", daemon=True)
                self._keeper.start()

    def wait(self, seconds: float) -> bool:
        """Whether the process has loaded its models, now or within *seconds*."""
        return self._ready.wait(seconds)

    def close(self) -> None:
        """End the process; turns that are left are told nothing more."""
        with self._lock:
            if self._stop.is_set():
                return
            self._stop.set()
            self._turns.clear()
            self._why_not = "the recogniser is closed"
            keeper = self._keeper
            if keeper is None:
                os.close(self._wake)
                return
            os.eventfd_write(self._wake, 1)
        keeper.join(5.0)

    # -- turns: of any thread, and without waiting ------------------------------------------------

    def begin(self, listener: Listener, request: bytes) -> tuple[int, str]:
        """The number of a new turn, and why it could not be begun; empty: it is."""
        with self._lock:
            self._count = self._count % 0xFFFFFFFF + 1
            number = self._count
            why = self._write(number, in_parts(Kind.OPEN, number, request))
            if not why:
                self._turns[number] = _Turn(listener)
                os.eventfd_write(self._wake, 1)  # from now on the keeper looks at the time
        return number, why

    def sound(self, number: int, sound: bytes) -> str:
        """More of what was said.

        Returns why it could not be passed on, as `finish` does; the turn is dropped then.
        """
        with self._lock:
            return self._write(number, in_parts(Kind.SOUND, number, sound))

    def finish(self, number: int) -> str:
        """The turn is over: a result follows."""
        with self._lock:
            why = self._write(number, [pack(Kind.FINISH, number)])
            if turn := self._turns.get(number):
                turn.due = time.monotonic() + self._limit
            return why

    def drop(self, number: int) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            if self._turns.pop(number, None):
                self._write(number, [pack(Kind.DROP, number)])

    def _write(self, number: int, frames: list[bytes]) -> str:
        """With the lock held."""
        if self._to is None or self._stop.is_set():
            return self._why_not
        try:
            while self._dropped:
                os.write(self._to, pack(Kind.DROP, self._dropped[0]))
                self._dropped.popleft()
            for frame in frames:
                os.write(self._to, frame)
        except BlockingIOError:
            self._dropped.append(number)
            self._turns.pop(number, None)
            return BEHIND
        except OSError:  # it has died, and the keeper is about to see it
            self._turns.pop(number, None)
            return self._why_not
        return ""

    # -- the keeper ------------------------------------------------------------------------------

    def _keep(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                self._live()
            except _Lost as lost:
                failures = 0 if self._ready.is_set() else min(failures + 1, len(PAUSES) - 1)
                if not self._stop.is_set():
                    self._mourn(str(lost), PAUSES[failures])
        with self._lock:
            self._close_pipes()
            os.close(self._wake)

    def _mourn(self, reason: str, pause: float) -> None:
        """The process is gone: its turns have failed, and the next one is begun."""
        log.warning("the recogniser is started again: %s", reason)
        with self._lock:
            self._why_not = self._trouble = reason
            self._close_pipes()
            turns, self._turns = self._turns, {}
            self._dropped.clear()
        for turn in turns.values():
            _tell(turn.listener.failed, reason)
        self._stop.wait(pause)
        with self._lock:
            self._lay_pipe()

    def _lay_pipe(self) -> None:
        self._from, self._to = os.pipe()
        os.set_blocking(self._to, False)
        with contextlib.suppress(OSError):  # beyond what this user may have
            fcntl.fcntl(self._to, fcntl.F_SETPIPE_SZ, PIPE)

    def _close_pipes(self) -> None:
        for descriptor in (self._to, self._from):
            if descriptor is not None:
                os.close(descriptor)
        self._to = self._from = None

    def _live(self) -> None:
        """From the start of one process to its end.  Raises `_Lost`."""
        self._ready.clear()
        self._pinged = None
        self._said = b""
        try:
            process = subprocess.Popen(
                self._command,
                stdin=self._from,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=environment(),
                process_group=0,
            )
        except OSError as error:
            raise _Lost(f"it cannot be started: {error}") from error
        self._process = process
        with self._lock:
            if self._from is not None:  # so that a pipe to nobody breaks
                os.close(self._from)
                self._from = None
        try:
            self._attend(process)
        finally:
            self._process = None
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                assert pipe
                pipe.close()

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        assert process.stderr
        frames = Unpacker()
        poll = select.poll()
        for readable in (process.stdout, process.stderr, self._wake):
            poll.register(readable, select.POLLIN)
        started = time.monotonic()
        while not self._stop.is_set():
            happened = {descriptor for descriptor, _ in poll.poll(self._patience())}
            if process.stderr.fileno() in happened:
                said = _read(process.stderr)
                self._said = (self._said + said)[-2000:]
                if not said:
                    poll.unregister(process.stderr)
            if process.stdout.fileno() in happened:
                some = _read(process.stdout)
                if not some:
                    raise _Lost(f"the process ended ({how_ended(process)}): {self._last_words()}")
                try:
                    for frame in frames.feed(some):
                        self._on(frame)
                except ValueError as error:
                    raise _Lost(f"the process answered nonsense: {error}") from error
            if self._wake in happened:
                os.eventfd_read(self._wake)
            self._look(started)

    def _patience(self) -> float | None:
        """Milliseconds, None: until something happens."""
        return LOOK * 1000 if self._turns or not self._ready.is_set() else None

    def _look(self, started: float) -> None:
        """Is something late?"""
        now = time.monotonic()
        if not self._ready.is_set():
            if now - started > self._start_limit:
                raise _Lost(f"the recogniser was not ready within {self._start_limit:g} s")
            return
        with self._lock:
            late = any(turn.due < now for turn in self._turns.values())
            if self._turns and self._pinged is None and now >= self._next_ping:
                self._pinged = now
                self._next_ping = now + LOOK  # or both processes do nothing else
                if self._to is not None:
                    with contextlib.suppress(OSError):  # full: then it is not answered, either
                        os.write(self._to, pack(Kind.PING))
        if late or (self._pinged is not None and now - self._pinged > self._limit):
            raise _Lost(f"the recogniser did not answer within {self._limit:g} s")

    def _on(self, frame: Frame) -> None:
        kind, number, body = frame
        value: Any = json.loads(body)
        match kind:
            case Kind.READY:
                self.failures = value
                for language, why in value.items():
                    self._warn(f"speech in {language!r} is not recognised: {why}")
                now = time.monotonic()
                with self._lock:  # what waited for it has waited for no fault of its own
                    for each in self._turns.values():
                        each.due = max(each.due, now + self._limit)
                self._ready.set()
            case Kind.PONG:
                self._pinged = None
            case Kind.WARNING:
                self._warn(value)
            case _:
                self._on_turn(kind, number, value)

    def _on_turn(self, kind: Kind, number: int, value: Any) -> None:
        with self._lock:
            over = kind is not Kind.SO_FAR
            turn = self._turns.pop(number, None) if over else self._turns.get(number)
        if turn is None:  # it was dropped
            return
        match kind:
            case Kind.SO_FAR:
                _tell(turn.listener.said, value)
            case Kind.RESULT:
                _tell(turn.listener.heard, _recognised(value))
            case Kind.FAILED:
                _tell(turn.listener.failed, value)

    def _warn(self, text: str) -> None:
        """Once: a grammar comes again and again."""
        if text not in self._warned:
            self._warned.add(text)
            log.warning("%s", text)

    def _last_words(self) -> str:
        lines = self._said.decode(errors="replace").split("\n")
        return next((text.strip() for text in reversed(lines) if text.strip()), "no message")


def _recognised(value: dict[str, Any]) -> Recognised:
    return Recognised(
        value["text"],
        value["confidence"],
        tuple((word, share) for word, share in value["words"]),
        tuple((text, share) for text, share in value["alternatives"]),
    )


def _tell(how: Any, *what: object) -> None:
    """The keeper lives for all callers, whatever one of them does."""
    try:
        how(*what)
    except Exception:
        log.exception("a listener")


def _read(pipe: IO[bytes]) -> bytes:
    return os.read(pipe.fileno(), 65536)

"""A recording under way.

The stack writes the file in its own thread, without Python, so that no caller hears the recording
of another.  What it wrote is looked at a few times a second, for a disk that takes no more; closing
and renaming are done in a thread of their own, because disks stall.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import pjsua2 as pj

from ..engine.events import RecordDone, RecordEnd
from .recordings import HEADER, Kept, Part, TooShort
from .stack import Stack
from .timers import Timer

logger = logging.getLogger(__name__)

LOOK = 0.1  # seconds between two looks at the file
STALLED = 1.5  # seconds without growth that are not the writer's rhythm (it writes every 0.26 s)
CLOSING = 1.0  # seconds that the stack's thread may take to close the file


class Tape:
    """Records what is connected with `recorder`; `done` is called once, in the owner's thread.

    Raises `OSError` or `pj.Error` when it cannot begin.
    """

    def __init__(
        self, stack: Stack, id: int, folder: Path, name: str,
        facts: Mapping[str, Any], done: Callable[[RecordDone], None],
    ) -> None:  # fmt: skip
        self.id = id
        self.recorder: pj.AudioMediaRecorder | None = None
        self._stack = stack
        self._done: Callable[[RecordDone], None] | None = done
        self._part = Part.begin(folder, name, facts)
        self._file = -1
        self._size = 0
        try:
            self.recorder = pj.AudioMediaRecorder()
            self.recorder.createRecorder(str(self._part.scratch))
            self._part.scratch.rename(self._part.wav_part)
            self._file = os.open(self._part.wav_part, os.O_RDONLY)
            self._begin(self.recorder)
        except (OSError, pj.Error):
            self._close()
            self._part.abandon()
            raise
        self._started = self._grown = self._looked = time.monotonic()
        self._timer: Timer = stack.later(LOOK, self._look)

    def stop(self, reason: RecordEnd, why: str, detail: str = "", stop_key: bool = False) -> None:
        """Ends it.  `why` is the reason in the recording's facts, where more can be said."""
        if self._done is None:
            return
        done, self._done = self._done, None
        self._timer.cancel()
        self._close()
        part, key, post = self._part, self.id, self._stack.post

        def finish() -> None:
            try:
                event = _finished(
                    part, key, reason, detail, lambda: self._deliver(part, why, stop_key)
                )
            except Exception as error:  # whatever it is, the call must hear of the end
                logger.exception("the recording %s is not delivered", part.wav)
                event = RecordDone(key, 0.0, "error", "", str(error))
            post(lambda: done(event))

        threading.Thread(target=finish, name="recording", daemon=True).start()

    def _begin(self, recorder: pj.AudioMediaRecorder) -> None:
        """What else is needed.  May raise `pj.Error`."""

    def _deliver(self, part: Part, why: str, stop_key: bool) -> Kept:
        return part.deliver(why, trim=False)

    def _grew(self) -> bool:
        """Whether there is more in the file than at the last look.  May raise `OSError`."""
        before, self._size = self._size, os.fstat(self._file).st_size
        return self._size > before

    def _over(self, now: float) -> Literal["", "silence", "max_time"]:
        """Why it ends by itself now, if it does."""
        return ""

    def _may_stall(self) -> bool:
        """Whether there may be nothing to write."""
        return False

    def _close(self) -> None:
        self.recorder = None  # the stack's thread closes the file with its next packet
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _look(self) -> None:
        now = time.monotonic()
        try:
            grew = self._grew()
            if not self._part.wav_part.exists():
                raise FileNotFoundError(errno.ENOENT, "the recordings folder is gone")
        except OSError as error:
            self.stop("error", "error", str(error))
            return
        if grew or now - self._looked > STALLED:  # the whole process had stood still
            self._grown = now
        self._looked = now
        over = self._over(now)
        if over:
            self.stop(over, over)
        elif now - self._grown > STALLED and not self._may_stall():
            self.stop("error", "error", _why_no_more(self._part.wav_part))
        else:
            self._timer = self._stack.later(LOOK, self._look)


def _finished(
    part: Part, key: int, reason: RecordEnd, detail: str, deliver: Callable[[], Kept]
) -> RecordDone:
    """Waits for the file to be closed and delivers it."""
    deadline = time.monotonic() + CLOSING
    try:
        while not _closed(part.wav_part) and time.monotonic() < deadline:
            time.sleep(0.005)
        if part.wav_part.stat().st_size <= HEADER and reason == "error":
            part.abandon()
            return RecordDone(key, 0.0, "error", "", detail)
        kept = deliver()
    except TooShort:
        return RecordDone(key, 0.0, reason)
    except OSError as error:
        logger.error("the recording %s is not delivered: %s", part.wav, error)
        return RecordDone(key, 0.0, "error", "", detail or str(error))
    if detail:
        logger.error("the recording %s is cut short: %s", kept.file, detail)
    return RecordDone(key, kept.seconds, reason, str(kept.file), detail)


def _closed(path: Path) -> bool:
    """Whether the stack has written the lengths into the header, which it does last."""
    with path.open("rb") as file:
        return any(file.read(8)[4:])


def _why_no_more(path: Path) -> str:
    try:
        probe = path.with_name(f".{path.name}.probe")
        try:
            probe.write_bytes(bytes(8192))
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        return error.strerror or str(error)
    return "the recording stopped growing"

"""Recording one caller.

The stack writes the file in its own thread, without Python, so that no caller hears the recording
of another.  What it wrote is looked at a few times a second, for silence and for a disk that takes
no more; closing, trimming and renaming are done in a thread of their own, because disks stall.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pjsua2 as pj

from ..engine.effects import Record
from ..engine.events import RecordDone, RecordEnd
from .recordings import HEADER, RATE, Part, TooShort
from .sound import FRAME, LOUD, loudness, pcm
from .stack import Stack, Timer

logger = logging.getLogger(__name__)

LOOK = 0.1  # seconds between two looks at the file
STALLED = 1.5  # seconds without growth that are not the writer's rhythm (it writes every 0.26 s)
CLOSING = 1.0  # seconds that the stack's thread may take to close the file


class Recording:
    """A recording under way; `done` is called once, in the owner's thread.

    Raises `OSError` or `pj.Error` when it cannot begin.
    """

    def __init__(
        self, stack: Stack, effect: Record, folder: Path, name: str,
        facts: Mapping[str, Any], done: Callable[[RecordDone], None],
    ) -> None:  # fmt: skip
        self.id = effect.id
        self._stack = stack
        self._effect = effect
        self._done: Callable[[RecordDone], None] | None = done
        self._part = Part.begin(folder, name, facts)
        self._file = -1
        self._recorder: pj.AudioMediaRecorder | None = None
        self._timer: Timer | None = None
        try:
            self._recorder = pj.AudioMediaRecorder()
            self._recorder.createRecorder(str(self._part.scratch))
            self._part.scratch.rename(self._part.wav_part)
            self._file = os.open(self._part.wav_part, os.O_RDONLY)
        except (OSError, pj.Error):
            self._close()
            self._part.abandon()
            raise
        now = time.monotonic()
        self._started = self._grown = now
        self._seen = 0  # samples looked at
        self._heard = 0  # ... up to the last that was no silence
        self._held = False
        self._timer = stack.later(LOOK, self._look)

    def connect(self, source: pj.AudioMedia, held: bool) -> None:
        """Takes the caller's audio from `source`; again after each re-INVITE."""
        self._held = held
        self._grown = time.monotonic()
        if self._recorder is not None:
            source.startTransmit(self._recorder)

    def stop(self, reason: RecordEnd, why: str, detail: str = "", stop_key: bool = False) -> None:
        """Ends it.  `why` is the reason in the message's record, where more can be said."""
        if self._done is None:
            return
        done, self._done = self._done, None
        if self._timer:
            self._timer.cancel()
        self._close()
        part, effect, post = self._part, self._effect, self._stack.post

        def finish() -> None:
            try:
                event = _finished(part, effect, reason, why, detail, stop_key)
            except Exception as error:  # whatever it is, the call must hear of the end
                logger.exception("the message %s is not delivered", part.wav)
                event = RecordDone(effect.id, 0.0, "error", "", str(error))
            post(lambda: done(event))

        threading.Thread(target=finish, name="recording", daemon=True).start()

    def _close(self) -> None:
        self._recorder = None  # the stack's thread closes the file with its next packet
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _look(self) -> None:
        now = time.monotonic()
        try:
            self._read(now)
            if not self._part.wav_part.exists():
                raise FileNotFoundError(errno.ENOENT, "the recordings folder is gone")
        except OSError as error:
            self.stop("error", "error", str(error))
            return
        if now - self._started >= self._effect.max_seconds:
            self.stop("max_time", "max_time")
        elif self._silent(now):
            self.stop("silence", "silence")
        elif now - self._grown > STALLED and not self._held:
            self.stop("error", "error", _why_no_more(self._part.wav_part))
        else:
            self._timer = self._stack.later(LOOK, self._look)

    def _read(self, now: float) -> None:
        data = os.pread(self._file, 1 << 18, HEADER + 2 * self._seen)
        samples = pcm(data)
        if not samples:
            return
        self._grown = now
        for frame in range(0, len(samples) - FRAME + 1, FRAME):
            if loudness(samples[frame : frame + FRAME]) > LOUD:
                self._heard = self._seen + frame + FRAME
        self._seen += len(samples)

    def _silent(self, now: float) -> bool:
        if not self._effect.silence:
            return False
        # A caller on hold leaves no trace in the file: then it is the clock that tells.
        unseen = max(0.0, now - self._grown - 0.5)
        return (self._seen - self._heard) / RATE + unseen >= self._effect.silence


def _finished(
    part: Part, effect: Record, reason: RecordEnd, why: str, detail: str, stop_key: bool
) -> RecordDone:
    """Waits for the file to be closed and delivers it."""
    key = effect.id
    deadline = time.monotonic() + CLOSING
    try:
        while not _closed(part.wav_part) and time.monotonic() < deadline:
            time.sleep(0.005)
        if part.wav_part.stat().st_size <= HEADER and reason == "error":
            part.abandon()
            return RecordDone(key, 0.0, "error", "", detail)
        kept = part.deliver(why, stop_key=stop_key, at_least=effect.min_seconds)
    except TooShort:
        return RecordDone(key, 0.0, reason)
    except OSError as error:
        logger.error("the message %s is not delivered: %s", part.wav, error)
        return RecordDone(key, 0.0, "error", "", detail or str(error))
    if detail:
        logger.error("the message %s is cut short: %s", kept.file, detail)
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

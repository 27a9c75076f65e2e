"""One prompt list in one caller's ear."""

from __future__ import annotations

import logging
import os
import wave
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import pjsua2 as pj

from .leg import TOO_MANY, logged
from .recordings import RATE, wav_header

logger = logging.getLogger(__name__)

SHORTEST = RATE // 50  # samples: the stack refuses a file that does not fill one packet
MOST_FILES = 64  # pjsua2 silently drops the rest of a longer playlist


class Unplayable(Exception):
    """None of the files can be played."""


class MemoryFile:
    """A WAV file that has a path and no place on any disk."""

    def __init__(self, data: bytes) -> None:
        self._handle = os.memfd_create("ivr-prompt")
        with open(self._handle, "wb", closefd=False) as file:
            file.write(wav_header(len(data)) + data)
        self.path = f"/proc/self/fd/{self._handle}"

    def __del__(self) -> None:
        os.close(self._handle)


class Player(pj.AudioMediaPlayer):  # type: ignore[misc]
    """Plays files once, one after the other without a gap, and then calls `at_end`.

    `at_end` is called in a thread of the stack's: all it may do is post.
    """

    def __init__(self, at_end: Callable[[], None]) -> None:
        super().__init__()
        self.at_end: Callable[[], None] | None = at_end
        self._joined: MemoryFile | None = None

    @classmethod
    def of(cls, files: Sequence[Path], tail: MemoryFile, at_end: Callable[[], None]) -> Player:
        """A player of what can be played of `files`.

        `tail` is a short silence: the stack leaves out the last packet of a playlist.  Raises
        `Unplayable` when nothing is left, `pj.Error` when the stack has no player to spare.
        """
        good = [file for file in files if playable(file)]
        for attempt in range(2):
            if not good:
                break
            try:
                player = cls(at_end)
                player._open(good, tail)
                return player
            except pj.Error as error:
                if error.status == TOO_MANY:
                    raise
                logger.error("a prompt list cannot be played: %s", error.reason)
                if attempt == 0:
                    good = [file for file in good if _opens(file, tail)]
        raise Unplayable(", ".join(map(str, files)) or "no file at all")

    def _open(self, files: Sequence[Path], tail: MemoryFile) -> None:
        names = [str(file) for file in files]
        if len(names) >= MOST_FILES:
            rest = files[MOST_FILES - 2 :]
            self._joined = MemoryFile(b"".join(map(_samples, rest)))
            names[MOST_FILES - 2 :] = [self._joined.path]
        # A file that is named twice in a row is opened twice: that is fine.
        self.createPlaylist(pj.StringVector([*names, tail.path]), "prompt", pj.PJMEDIA_FILE_NO_LOOP)

    @logged
    def onEof2(self) -> None:
        at_end = self.at_end
        if at_end:
            at_end()


def playable(file: Path) -> bool:
    """Whether `file` is PCM16 mono at 8000 Hz and long enough.  Logs why it is not.

    The bridge is shown nothing else: at 11025 Hz, for one, it aborts the process.
    """
    try:
        state = file.stat()
    except OSError as error:
        logger.error("%s cannot be played: %s", file, error)
        return False
    return _playable(file, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1024)
def _playable(file: Path, size: int, changed: int) -> bool:
    """Looked at once for each state of a file: a caller who pressed a key waits for this."""
    try:
        with wave.open(str(file), "rb") as sound:
            form = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            if form != (1, 2, RATE):
                logger.error("%s has %d channel(s) of %d bytes at %d Hz; prompts are PCM16 mono "
                             "at %d Hz", file, *form, RATE)  # fmt: skip
                return False
            if sound.getnframes() < SHORTEST:
                logger.error("%s is shorter than 20 ms", file)
                return False
    except (OSError, EOFError, wave.Error) as error:
        logger.error("%s cannot be played: %s", file, error or "it is cut short")
        return False
    return True


def _opens(file: Path, tail: MemoryFile) -> bool:
    try:
        Player(lambda: None)._open([file], tail)
    except pj.Error as error:
        logger.error("%s cannot be played: %s", file, error.reason)
        return False
    return True


def _samples(file: Path) -> bytes:
    with wave.open(str(file), "rb") as sound:
        return sound.readframes(sound.getnframes())

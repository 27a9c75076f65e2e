"""Recordings on disk: a WAV file and a JSON record, in place only when they are complete.

While one is being made its files end in `.part`, and whoever records holds a lock on the
JSON part.  A part without a lock belonged to a process that died: `repair` delivers it.  The JSON
file is renamed last, so where it stands the recording is whole.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import sound

logger = logging.getLogger(__name__)

RATE = sound.RATE
HEADER = 44  # bytes of a canonical WAV header
PART = ".part"
CALL = "call"  # the `kind` of a recording that is a whole call: its silences are kept


def wav_header(data: int) -> bytes:
    """The header of a WAV file with `data` bytes of PCM16 mono at 8000 Hz."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + data, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", data,
    )  # fmt: skip


class TooShort(Exception):
    """What was recorded is not worth keeping, and is gone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording in place."""

    file: Path
    seconds: float


class Part:
    """One recording under way.  Holds the lock until `deliver` or `abandon`."""

    def __init__(self, folder: Path, name: str, facts: Mapping[str, Any], lock: int) -> None:
        self.wav = folder / f"{name}.wav"
        self.json = folder / f"{name}.json"
        self._facts = dict(facts)
        self._lock = lock

    @property
    def wav_part(self) -> Path:
        return self.wav.with_name(self.wav.name + PART)

    @property
    def json_part(self) -> Path:
        return self.json.with_name(self.json.name + PART)

    @property
    def scratch(self) -> Path:
        """Where the recorder opens its file: pjsua2 takes no other ending than `.wav`."""
        return self.wav.with_name(f".{self.wav.name}")

    @classmethod
    def begin(cls, folder: Path, name: str, facts: Mapping[str, Any]) -> Part:
        """Claims `name` in `folder`, or `name-2` and so on where it is taken.  Raises `OSError`."""
        for free in _names(name):
            if (folder / f"{free}.wav").exists() or (folder / f"{free}.json").exists():
                continue
            try:
                path = folder / f"{free}.json{PART}"
                lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
            except FileExistsError:
                continue
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part = cls(folder, free, facts, lock)
                part._write({})
            except OSError:
                os.close(lock)
                path.unlink(missing_ok=True)
                raise
            return part
        raise AssertionError("unreachable: names do not run out")

    def deliver(
        self, reason: str, *, trim: bool = True, stop_key: bool = False, at_least: float = 0.0
    ) -> Kept:
        """Trims silence and the stop key's tone from the end and renames both files into place.

        Raises `TooShort` for what then lasts less than `at_least` seconds, and `OSError`, after
        which what was recorded stays behind as a part, for `repair`.
        """
        try:
            with self.wav_part.open("r+b") as file:
                samples = max(0, os.fstat(file.fileno()).st_size - HEADER) // 2
                if trim:
                    samples = sound.trimmed(file, HEADER, samples, stop_key)
                if samples < at_least * RATE:
                    self.abandon()
                    raise TooShort
                os.fchmod(file.fileno(), 0o640)  # as private as its record
                file.truncate(HEADER + 2 * samples)
                file.seek(0)
                file.write(wav_header(2 * samples))
                file.flush()
                os.fsync(file.fileno())
            seconds = round(samples / RATE, 2)
            self._write({"seconds": seconds, "reason": reason})
            os.fsync(self._lock)
            self.wav_part.rename(self.wav)
            self.json_part.rename(self.json)
            _sync_folder(self.wav.parent)
        finally:
            self.release()
        return Kept(self.wav, seconds)

    def abandon(self) -> None:
        """Gives up one of which nothing was recorded."""
        for path in (self.scratch, self.wav_part, self.json_part):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                logger.warning("%s cannot be removed: %s", path, error)
        self.release()

    def _write(self, more: Mapping[str, Any]) -> None:
        """In place: the block is there, so a full disk cannot keep the end of a recording out."""
        text = json.dumps({**self._facts, **more}, ensure_ascii=False, indent=1) + "\n"
        data = text.encode("utf-8", "replace")
        os.pwrite(self._lock, data, 0)
        os.ftruncate(self._lock, len(data))

    def release(self) -> None:
        """Lets go of the lock: what is still a part is for `repair` now."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def repair(folder: Path) -> list[Kept]:
    """Delivers the recordings that dead processes left as parts, with the reason `crash`.

    Raises `OSError` when the folder cannot be read; a single one that resists is logged.
    """
    kept = []
    for path in sorted(folder.glob(f"*.json{PART}")):
        try:
            message = _orphan(path)
            if message is not None:
                kept.append(message)
        except (OSError, ValueError) as error:
            logger.error("the recording %s cannot be repaired: %s", path, error)
    return kept


def _orphan(path: Path) -> Kept | None:
    lock = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None  # its process lives
    name = path.name.removesuffix(f".json{PART}")
    try:
        if not path.exists():
            raise FileNotFoundError(path)
        facts = json.loads(os.pread(lock, 1 << 20, 0) or b"{}")
        if not isinstance(facts, dict):
            raise ValueError("not a JSON object")
    except FileNotFoundError:
        os.close(lock)
        return None  # another process was quicker
    except ValueError:
        facts = {"call": name}  # torn by the crash: the sound is what counts
    part = Part(path.parent, name, facts, lock)
    if not part.wav_part.exists() and part.wav.exists():
        part.json_part.rename(part.json)  # died between the two renames: all is there
        part.release()
        return Kept(part.wav, float(facts.get("seconds", 0)))
    if not part.wav_part.exists() or part.wav_part.stat().st_size <= HEADER:
        part.abandon()
        return None
    kept = part.deliver("crash", trim=facts.get("kind") != CALL)
    logger.warning("the recording %s of a process that died was repaired", kept.file)
    return kept


def _names(name: str) -> Iterator[str]:
    yield name
    count = 2
    while True:
        yield f"{name}-{count}"
        count += 1


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Sound files: made once, found again by what they were made from."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from ..engine.effects import Tone
from ..engine.errors import IvrError, SettingsError
from . import wav
from .recordings import Converter
from .sources import Fetched, Quiet, Recording, Rhythm, Sine, Source, Spoken, cache_key, lasts
from .voice import Voice, VoiceError
from .wav import USUAL, Standard

FALLBACK = Tone(420, 0.6)
"""What a caller hears where there is nothing else."""

FRESH = 600.0
"""Seconds after which a sound of the web is fetched anew; the old one serves until it is there."""

Fetch = Callable[[str, Path, float], None]
"""Writes what is at an address to a file, within so many seconds; raises for what it cannot."""

User = TypeVar("User")
log = logging.getLogger("ivr.prompts")


class NotFetched(IvrError):
    """A sound of the web cannot be had; the message says why."""


def no_fetch(url: str, file: Path, seconds: float) -> None:
    """For who has no web."""
    raise NotFetched("nothing is fetched here")


class Sounds:
    """The files in `cache`, and those of passing sounds, which end with this process.

    Those may be about one caller; and there is no end to them.  Words are for the first of
    `voices`; the others stand in for it.
    """

    def __init__(
        self,
        cache: Path,
        voices: Sequence[Voice] = (),
        fetch: Fetch = no_fetch,
        standard: Standard = USUAL,
    ) -> None:
        self._cache = cache
        self._download = fetch
        self._voices = voices
        self._standard = standard
        self._converter = Converter()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def fallback(self) -> Path:
        """The file of the tone that is always there.  Raises `SettingsError`."""
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            file = self._file(Sine(FALLBACK))
            # Also where it exists: this tells whether the folder can be written.
            self._write(file, wav.tone(FALLBACK.frequency, FALLBACK.seconds, self._standard.rate))
            self._sweep()
        except OSError as error:
            raise SettingsError(
                f"{self._cache}: the cache of prompts cannot be written ({error.strerror}); "
                "make this folder writable or choose another one"
            ) from error
        return file

    def find(self, source: Source) -> Path | None:
        """The file of `source` if it is there and whole.  Raises `OSError`."""
        file = self._file(source)
        return file if wav.is_intact(file, self._standard.rate) else None

    def obtain(self, source: Source, limit: float) -> Path:
        """The file of `source`, made now unless it is there and whole.

        `limit` in seconds, for one attempt of at most two.  Raises `VoiceError`, `NoVoice`,
        `NotFetched`, `BrokenRecording`, `ChildError` or `OSError`.
        """
        file = self._file(source)
        if wav.is_intact(file, self._standard.rate):
            if isinstance(source, Fetched) and is_stale(file):
                self._renew(source, file, limit)
            return file
        rate = self._standard.rate
        match source:
            case Sine(tone):
                self._write(file, wav.tone(tone.frequency, tone.seconds, rate))
            case Rhythm(turn, seconds):
                self._write(file, wav.rhythm(turn, seconds, rate))
            case Quiet(seconds):
                self._write(file, wav.silence(seconds, rate))
            case Fetched():
                self._fetch(source, file, limit)
            case Recording() | Spoken():
                self._make(source, file, limit)
        return file

    def _make(self, source: Recording | Spoken, file: Path, limit: float) -> None:
        made = file.with_name(f".{file.stem}.{_maker()}.wav")
        try:
            if isinstance(source, Recording):
                self._converter.convert(source.file, made, limit, self._standard)
            else:
                self._speak(source, made, limit)
            self._write(file, wav.read(made, self._standard.rate))
        except ValueError as error:
            raise VoiceError(f"the voice made no usable file: {error}") from error
        finally:
            with contextlib.suppress(OSError):
                made.unlink(missing_ok=True)

    def _fetch(self, source: Fetched, file: Path, limit: float) -> None:
        raw = file.with_name(f".{file.stem}.{_maker()}.raw.wav")
        try:
            try:
                self._download(source.url, raw, limit)
            except Exception as error:
                raise NotFetched(f"it cannot be fetched: {error}") from error
            self._make(Recording(raw), file, limit)
        finally:
            with contextlib.suppress(OSError):
                raw.unlink(missing_ok=True)

    def _renew(self, source: Fetched, file: Path, limit: float) -> None:
        try:
            self._fetch(source, file, limit)
        except (IvrError, OSError) as error:
            log.warning("a sound of the web cannot be fetched anew, the old one stays: %s", error)
            os.utime(file)  # it need not be tried at every call

    def keep_only(self, sources: Iterable[Source]) -> int:
        """Remove the files of all others from the cache.  Returns how many."""
        kept = {self._file(Sine(FALLBACK))}
        for source in sources:
            with contextlib.suppress(OSError):
                kept.add(self._file(source))
        gone = set(self._cache.glob("[!.]*.wav")) - kept
        for file in gone:
            file.unlink(missing_ok=True)
        return len(gone)

    def rest(self) -> None:
        """End the processes; they start again when they are needed."""
        for voice in self._voices:
            voice.close()
        self._converter.close()

    def close(self) -> None:
        """End the processes and remove the files of passing sounds."""
        self.rest()
        if self._scratch:
            self._scratch.cleanup()
            self._scratch = None

    def _speak(self, source: Spoken, file: Path, limit: float) -> None:
        try:
            self._voices[source.voice].speak(source.words, source.language, file, limit)
        except VoiceError:
            raise
        except Exception as error:
            # A voice may be anybody's.
            raise VoiceError(f"the voice has a bug: {error!r}") from error

    def _sweep(self) -> None:
        """Remove what a process left behind that was killed at its work."""
        for path in self._cache.glob(".*.wav*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > 3600:
                    path.unlink()

    def _file(self, source: Source) -> Path:
        folder = self._cache if lasts(source) else self._folder()
        return folder / f"{cache_key(source, self._voices, self._standard)}.wav"

    def _write(self, file: Path, samples: bytes) -> None:
        wav.write(file, samples, self._standard.rate)

    def _folder(self) -> Path:
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="ivr-")
        return Path(self._scratch.name)


def _maker() -> str:
    """Who makes a file: several may, at once."""
    return f"{os.getpid()}-{threading.get_ident()}"


def is_stale(file: Path) -> bool:
    """Whether *file*, a sound of the web, is to be fetched anew."""
    try:
        return time.time() - file.stat().st_mtime > FRESH
    except OSError:
        return False


class Passing(Generic[User]):
    """Keeps the files of passing sounds from becoming ever more.

    The oldest beyond `kept` are no longer to be handed out, and go when `spared` more have
    followed: by then, the phone has long opened what it was given.
    """

    def __init__(self, kept: int = 1000, spared: int = 100) -> None:
        self._kept = kept
        self._spared = spared
        self._users: dict[Path, list[User]] = {}
        self._leaving: deque[Path] = deque()

    def add(self, user: User, file: Path) -> list[User]:
        """`file` is handed out to `user` from now on; returns the users of files that leave."""
        self._users[file] = list(dict.fromkeys((*self._users.pop(file, ()), user)))
        if file in self._leaving:
            self._leaving.remove(file)
        if len(self._users) <= self._kept:
            return []
        oldest = next(iter(self._users))
        self._leaving.append(oldest)
        if len(self._leaving) > self._spared:
            self._leaving.popleft().unlink(missing_ok=True)
        return self._users.pop(oldest)

"""Models of other languages: fetched, verified and put where the settings can name them."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ..engine.errors import SettingsError
from . import vosk_model
from .archive import PIECE, BadArchive, Limits, Moved, unpack

LARGEST_ARCHIVE = 4 << 30  # bytes
LARGEST_MODEL = Limits(8 << 30)
PATIENCE = 30.0  # seconds without a byte

Step = Callable[[str, int, int], None]
"""Told what is done, and how many bytes of how many; the latter is 0 where nobody knows."""

_PARTS = ("am", "graph", "final.mdl")  # one of which is in any model, also in a broken one
_URL = re.compile(r"https?://", re.IGNORECASE)
_OF_LANGUAGE = re.compile(r"vosk-model-(?:small-|big-)?([a-z]{2})-")
_ENDINGS = re.compile(r"\.(?:zip|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz))$", re.IGNORECASE)


class Model(NamedTuple):
    """A folder that should be a model."""

    folder: Path
    fault: str
    """Why it is of no use; empty: it is."""
    words: int
    size: int
    """Bytes."""

    @property
    def name(self) -> str:
        return self.folder.name


class Installed(NamedTuple):
    """What an archive became."""

    model: Model
    sha256: str


def install_model(source: str, store: Path, sha256: str, step: Step) -> Installed:
    """Put the model in the archive *source*, a file or a URL, into a folder of *store*.

    *sha256* is what the archive must have, in hexadecimal; empty: anything.  Raises
    `SettingsError`; nothing is left behind then.
    """
    wanted = sha256.strip().lower()
    if wanted and not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise SettingsError(f"{sha256!r} is no SHA-256: expected 64 hexadecimal digits")
    try:
        store.mkdir(parents=True, exist_ok=True)
        # Beside its place, so that it can be moved there at once.
        with tempfile.TemporaryDirectory(prefix=".install-", dir=store) as scratch:
            return _install(source, store, wanted, step, Path(scratch))
    except OSError as error:
        raise SettingsError(f"{source} cannot be installed: {error}") from error


def models_in(store: Path) -> list[Model]:
    """The folders of *store* that should be models, by name."""
    if not store.is_dir():
        return []
    folders = (each for each in store.iterdir() if each.is_dir() and each.name[0] not in "._")
    return [model_of(folder) for folder in sorted(folders)]


def model_of(folder: Path) -> Model:
    """What *folder* is as a model."""
    fault = vosk_model.fault(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Model(folder, fault, 0 if fault else len(vosk_model.words(folder)), size)


def language_of(name: str) -> str:
    """The language that *name* tells, such as vosk-model-small-de-0.15; empty: none."""
    found = _OF_LANGUAGE.match(f"{name}-")
    return found[1] if found else ""


def _install(source: str, store: Path, wanted: str, step: Step, scratch: Path) -> Installed:
    with _archive(source, scratch, partial(step, "Fetching")) as archive:
        with archive.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if wanted and sha256 != wanted:
            raise SettingsError(
                f"{source} is not what was expected: its SHA-256 is {sha256}, not {wanted};"
                " fetch it again, or ask who offers it"
            )
        unpacked = scratch / "model"
        unpacked.mkdir()
        try:
            unpack(archive, unpacked, LARGEST_MODEL, partial(step, "Unpacking"))
        except BadArchive as error:
            raise SettingsError(
                f"{source} cannot be unpacked: {error}; expected a model of vosk, as a zip or tar"
                " file"
            ) from error
    found = _root(unpacked, source)
    name = _name(source) if found == unpacked else found.name
    if why := vosk_model.fault(found):
        raise SettingsError(_no_use(source, why.replace(str(found), name)))
    place = store / name
    try:
        found.rename(place)
    except OSError as error:
        if not place.exists():
            raise
        raise SettingsError(f"{place} exists already; remove it first, or keep it") from error
    return Installed(model_of(place), sha256)


def _no_use(source: str, why: str) -> str:
    text = f"{source} is of no use: {why}"
    if any(each in why for each in vosk_model.GRAMMAR):
        text += (
            ". Of vosk's own models, those with `small` or `lgraph` in their names take grammars"
        )
    return text


def _root(folder: Path, source: str) -> Path:
    """Where in *folder* the model is."""
    below = [each for each in folder.iterdir() if each.is_dir()]
    for place in (folder, *below):
        if any((place / part).exists() for part in _PARTS):
            return place
    raise SettingsError(
        f"{source} has no model of vosk in it: expected folders am, conf and graph, or one folder"
        " with them"
    )


def _name(source: str) -> str:
    """What the archive is called, without what makes it one."""
    path = unquote(urlsplit(source).path) if _URL.match(source) else source
    name = re.sub(r"[^\w.-]", "_", _ENDINGS.sub("", Path(path).name)).lstrip("._")
    return name or "model"


@contextmanager
def _archive(source: str, scratch: Path, moved: Moved) -> Iterator[Path]:
    if not _URL.match(source):
        file = Path(source)
        if not file.is_file():
            raise SettingsError(f"there is no file {source}; name one, or an http(s) address")
        yield file
        return
    file = scratch / "archive"
    _fetch(source, file, moved)
    yield file
    file.unlink()


def _fetch(url: str, file: Path, moved: Moved) -> None:
    import httpx

    try:
        with (
            httpx.stream("GET", url, follow_redirects=True, timeout=PATIENCE) as answer,
            file.open("wb") as target,
        ):
            answer.raise_for_status()
            total = int(answer.headers.get("Content-Length", "0"))
            done = 0
            for piece in answer.iter_bytes(PIECE):
                done += len(piece)
                if max(done, total) > LARGEST_ARCHIVE:
                    raise SettingsError(
                        f"{url} is larger than {LARGEST_ARCHIVE / 1e9:.1f} GB: is it a model?"
                    )
                target.write(piece)
                moved(done, total)
    except httpx.HTTPStatusError as error:
        raise SettingsError(
            f"{url}: the server says {error.response.status_code}; is the address right?"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SettingsError(f"{url} cannot be fetched: {error}; try again") from error

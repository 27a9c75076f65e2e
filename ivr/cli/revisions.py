"""A file as it was: main:flows/menu.yaml is what `git show` calls so."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..engine.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a project: a flow file and the settings beside it.

    `folder` is where a revision has been laid out; None: the files are those that are there.
    """

    name: str
    flow: Path
    settings: Path
    folder: Path | None = None

    def shown(self, text: str) -> str:
        """*text* with the names that its reader knows."""
        if self.folder is None:
            return text
        return text.replace(f"{self.folder}/", f"{self.name.partition(':')[0]}:")


@contextmanager
def version(name: str, settings: Path) -> Iterator[Version]:
    """*name* is a file, or REVISION:FILE of the repository in which we are, as `git show` takes it.

    Of a revision all files are there, with the *settings* as they were.  Raises `SettingsError`.
    """
    revision, colon, path = name.partition(":")
    if not colon or Path(name).exists():
        yield Version(name, Path(name), settings)
        return
    top, here = Path(_git("rev-parse", "--show-toplevel")), Path.cwd().resolve()
    commit = _commit(name, revision)
    relative = here.relative_to(top.resolve())
    file = _inside(name, relative / path if path.startswith(("./", "../")) else Path(path))
    with TemporaryDirectory(prefix="ivr-") as made:
        folder = Path(made).resolve()
        _lay_out(top, commit, folder)
        if not (folder / file).is_file():
            raise SettingsError(f"{name}: there is no {file} in {revision}")
        try:
            own = (here / settings).resolve().relative_to(top.resolve())
        except ValueError:
            own = relative / settings.name
        yield Version(name, folder / file, folder / own, folder)


def _inside(name: str, file: Path) -> Path:
    found = Path(os.path.normpath(file))
    if found.is_absolute() or ".." in found.parts:
        raise SettingsError(
            f"{name}: that is outside; paths begin at the top of the repository, or with ./"
        )
    return found


def _commit(name: str, revision: str) -> str:
    try:
        return _git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except SettingsError:
        raise SettingsError(
            f"{name}: there is no such file, and git knows no revision {revision!r}"
        ) from None


def _lay_out(top: Path, commit: str, folder: Path) -> None:
    """Write all files of *commit* into *folder*, by way of an index of our own."""
    with TemporaryDirectory(prefix="ivr-") as made:
        index = f"{made}/index"
        git = ("-C", str(top), "-c", "core.sparseCheckout=false")
        _git(*git, "read-tree", commit, index=index)
        _git(*git, "checkout-index", "--all", "--quiet", f"--prefix={folder}/", index=index)


def _git(*words: str, index: str = "") -> str:
    own = {"GIT_INDEX_FILE": index} if index else {}
    try:
        done = subprocess.run(["git", *words], capture_output=True, env={**os.environ, **own})
    except FileNotFoundError:
        raise SettingsError(
            "REVISION:FILE needs git, which is not installed; apt-get install git, or name files"
        ) from None
    if done.returncode:
        raise SettingsError(f"git: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode().strip()

"""Archives of strangers, unpacked: nothing gets out of the folder, and nothing fills the disk."""

from __future__ import annotations

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

PIECE = 1 << 20  # bytes

Moved = Callable[[int, int], None]
"""Told how many bytes of how many are done; the second is 0 where nobody knows."""


_DAMAGED = (
    *(tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile),
    *(zlib.error, lzma.LZMAError, EOFError),
)


class BadArchive(Exception):
    """The archive is damaged, or would do what no archive should."""


class Limits(NamedTuple):
    """What may come out of an archive."""

    size: int  # bytes
    files: int = 10_000

    def __str__(self) -> str:
        return f"more than {self.files:,} files or {self.size / 1e6:,.0f} MB would come out of it"


class _Member(NamedTuple):
    name: str
    size: int  # what the archive says
    open: Callable[[], IO[bytes] | None]


def unpack(archive: Path, folder: Path, limits: Limits, moved: Moved) -> None:
    """Write the files of a zip or tar file into *folder*; links and devices are none.

    Raises `BadArchive`, and `OSError` for what the machine does not allow.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                total = sum(each.file_size for each in packed.infolist())
                _write(_of_zip(packed), folder, limits, partial(_tell, moved, total))
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tape:
                _write(_of_tar(tape), folder, limits, partial(_tell, moved, 0))
                _read_on(tape, limits)
        else:
            raise BadArchive("it is no zip or tar file")
    except _DAMAGED as error:
        raise BadArchive(f"it is damaged ({error})") from error
    except (NotImplementedError, RuntimeError) as error:  # an unknown method; a password
        raise BadArchive(f"it cannot be read ({error})") from error


def _tell(moved: Moved, total: int, done: int) -> None:
    moved(done, total)


def _of_zip(packed: zipfile.ZipFile) -> Iterator[_Member]:
    for each in packed.infolist():
        kind = stat.S_IFMT(each.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise BadArchive(f"{each.filename!r} in it is a link or a device")
        if not each.is_dir():
            yield _Member(each.filename, each.file_size, partial(packed.open, each))


def _of_tar(tape: tarfile.TarFile) -> Iterator[_Member]:
    for each in tape:
        if each.isfile():
            yield _Member(each.name, each.size, partial(tape.extractfile, each))
        elif not each.isdir():
            raise BadArchive(f"{each.name!r} in it is a link or a device")


def _write(
    members: Iterator[_Member], folder: Path, limits: Limits, wrote: Callable[[int], None]
) -> None:
    done = 0
    for number, member in enumerate(members, start=1):
        if number > limits.files or done + member.size > limits.size:
            raise BadArchive(str(limits))
        target = folder / _inside(member.name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = target.open("xb")
        except (FileExistsError, NotADirectoryError):
            raise BadArchive(f"{member.name!r} is in it twice") from None
        source = member.open()
        assert source
        with file, source:
            while piece := source.read(PIECE):
                done += len(piece)
                if done > limits.size:  # it has more than it says
                    raise BadArchive(str(limits))
                file.write(piece)
                wrote(done)


def _read_on(tape: tarfile.TarFile, limits: Limits) -> None:
    """To the end, where check sums are: a tar file that is damaged may look like a shorter one."""
    assert tape.fileobj
    done = 0
    while piece := tape.fileobj.read(PIECE):
        done += len(piece)
        if done > limits.size:
            raise BadArchive(str(limits))


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or set(name) & {"\\", "\0"}:
        raise BadArchive(f"{name!r} in it would be written elsewhere")
    return path

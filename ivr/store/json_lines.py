"""A file that gets each record as a line of JSON, once.

Theory.  A record stays in the spool until it is in the file, so a process that dies between the two
will offer it again.  Therefore `commit`, called when records have left the spool, remembers how
long the file was; what stands beyond is looked at after a restart, and not written again.
"""

from __future__ import annotations

import errno
import glob
import json
import os
import sys
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from .record import amount, parsed


class JsonLines:
    """Appends to *path*; *memory* is a file of its own, for what it has to remember.

    The file is opened for each batch: rename it when you like, and a new one is begun.
    """

    def __init__(self, path: Path, memory: Path) -> None:
        self.path = path
        self._memory = memory
        self._written: set[str] | None = None  # since the last commit; None: to be found out

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append *records*, all or none.  Raises `OSError`."""
        if self._written is None:
            self._written = self._left_behind()
        fresh = [record for record in records if record["id"] not in self._written]
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in fresh).encode()
        with self._opened() as file:
            size = os.fstat(file.fileno()).st_size
            if file.write(data) != len(data):
                file.truncate(size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(file.fileno())
        self._written |= {record["id"] for record in fresh}

    def commit(self) -> None:
        """What was written will not be offered again.  Raises `OSError`."""
        with self._opened() as file:
            now = os.fstat(file.fileno())
        text = json.dumps({"inode": now.st_ino, "size": now.st_size})
        fresh = self._memory.with_name(f"{self._memory.name}.new")
        fresh.write_text(text)
        fresh.rename(self._memory)
        self._written = set()

    def _opened(self) -> FileIO:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        return FileIO(os.open(self.path, flags, 0o640), "r+")

    def _left_behind(self) -> set[str]:
        """The records that were written after the last commit, before the process died."""
        known = parsed(self._memory.read_text()) if self._memory.exists() else {}
        inode, size = known.get("inode"), int(amount(known.get("size"), sys.maxsize))
        with self._opened() as file:
            now = os.fstat(file.fileno())
        is_same = inode == now.st_ino and size <= now.st_size
        found, end = _ids(self.path, size if is_same else 0)
        os.truncate(self.path, end)  # a torn line would spoil the next
        if not is_same:  # it was renamed meanwhile
            for old in self.path.parent.glob(f"{glob.escape(self.path.name)}?*"):
                if old.stat().st_ino == inode:
                    found |= _ids(old, size)[0]
        return found


def _ids(path: Path, start: int) -> tuple[set[str], int]:
    """The ids in the whole lines of *path* from byte *start* on, and where those end."""
    found: set[str] = set()
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if line.endswith(b"\n"):
                start += len(line)
                found.add(str(parsed(line.decode("utf-8", "replace")).get("id")))
    return found, start

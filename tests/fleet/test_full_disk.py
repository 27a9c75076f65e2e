"""A disk without room costs what would be written; calls go on."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Found

pytestmark = pytest.mark.line


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of four megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_calls_are_answered_with_a_full_disk(small: Path, town: Found) -> None:
    here = town(8, VAR=small)
    here.end(here.up(1))
    here.records(1)  # the database has taken the room that it needs, and gives none of it back
    calls = here.up(4)
    with contextlib.suppress(OSError), (small / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(bytes(4096)):
            pass
    calls += here.up(4)
    for call in calls:
        here.hears(call, "hello")
    here.end(calls)
    here.says("journals cannot be written")
    (small / "ballast").unlink()
    later = here.up(8)
    here.end(later)
    here.ended_by("caller", 9)  # those before may lack their end, those after do not
    assert "ivr_worker_restarts_total 0.0" in here.asks("/metrics")

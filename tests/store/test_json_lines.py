"""The file of records: each line once, whoever dies and whoever renames it."""

import json
from pathlib import Path

import pytest

from ivr.store.json_lines import JsonLines

from .house import full_disk

A, B, C = ({"id": name, "caller": "élise\u2028"} for name in "abc")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.jsonl"


def opened(path: Path) -> JsonLines:
    """The file as a fresh process finds it."""
    return JsonLines(path, path.with_name("memory"))


def ids(*paths: Path) -> list[str]:
    return [json.loads(line)["id"] for path in paths for line in path.read_bytes().splitlines()]


def test_a_record_is_one_line(path: Path) -> None:
    file = opened(path)
    file.write([A, B])
    file.commit()
    file.write([C])
    assert [json.loads(line) for line in path.read_bytes().splitlines()] == [A, B, C]


def test_what_is_offered_again_after_a_crash_is_not_written_again(path: Path) -> None:
    first = opened(path)
    first.write([A])
    first.commit()
    first.write([B])  # and then it was killed
    again = opened(path)
    again.write([B, C])
    again.commit()
    assert ids(path) == ["a", "b", "c"]


def test_a_line_torn_by_a_crash_is_written_anew(path: Path) -> None:
    opened(path).write([A, B])
    path.write_bytes(path.read_bytes()[:-5])
    opened(path).write([A, B])
    assert ids(path) == ["a", "b"]


def test_a_file_that_is_renamed_is_begun_anew(path: Path) -> None:
    file = opened(path)
    file.write([A])
    file.commit()
    path.rename(path.with_name("calls.jsonl.1"))
    file.write([B])
    file.commit()
    assert ids(path) == ["b"]


def test_a_crash_and_a_rename_together_double_nothing(path: Path) -> None:
    file = opened(path)
    file.write([A])
    file.commit()
    file.write([B])
    old = path.rename(path.with_name("calls.jsonl.1"))
    file.write([C])  # and then it was killed
    opened(path).write([B, C])
    assert ids(old, path) == ["a", "b", "c"]


def test_a_file_that_was_emptied_is_no_riddle(path: Path) -> None:
    file = opened(path)
    file.write([A, B])
    file.commit()
    path.write_bytes(b"")
    opened(path).write([C])
    assert ids(path) == ["c"]


def test_a_full_disk_leaves_no_part_of_a_batch(path: Path) -> None:
    file = opened(path)
    file.write([A])
    with full_disk(path.stat().st_size + 60), pytest.raises(OSError, match="No space left"):
        file.write([B, C])
    assert ids(path) == ["a"]
    file.write([B, C])
    assert ids(path) == ["a", "b", "c"]

"""Every fault that a flow file can have, word by word: the tables in `golden`.

A case is a title, the text, and its faults, each behind a ``>``.  Under ``=== state:`` the text is
that of the state `a`, whose first line is line 6, column 5 of the file; under ``=== file:`` it is
the whole file.  Under ``=== files:`` there are several, each below ``--- name``; the flow is the
first of them, and each fault begins with the name of its file.
"""

from pathlib import Path
from typing import Any

import pytest

from .reading import all_faults, faults, state

GOLDEN = Path(__file__).with_name("golden")


def cases() -> list[Any]:
    found: list[Any] = []
    for file in sorted(GOLDEN.glob("*.txt")):
        for block in file.read_text().split("=== ")[1:]:
            title, _, rest = block.partition("\n")
            lines = rest.rstrip("\n").split("\n")
            text = "\n".join(line for line in lines if not line.startswith("> "))
            expected = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
            if title.startswith("state: "):
                text = state(text)
            elif title.startswith("file: "):
                text += "\n"
            found.append(pytest.param(text, expected, id=f"{file.stem}: {title}"))
    return found


@pytest.mark.parametrize(("text", "expected"), cases())
def test_faults(tmp_path: Path, text: str, expected: list[str]) -> None:
    expected = [line.replace("{folder}", str(tmp_path)) for line in expected]
    if not text.startswith("--- "):
        assert faults(tmp_path, text) == expected
        return
    names = []
    for part in text.removeprefix("--- ").split("\n--- "):
        name, _, content = part.partition("\n")
        names.append(name)
        (tmp_path / name).write_text(content + "\n")
    assert all_faults(tmp_path, names[0]) == expected

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .town import Town

Found = Callable[..., Town]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Found]:
    """Founds a fleet for so many calls, and ends it."""
    towns: list[Town] = []

    def found(calls: int, **settings: object) -> Town:
        towns.append(Town(tmp_path, calls, **settings))
        return towns[-1]

    yield found
    for each in towns:
        assert each.close() == 0, each.log.read_text()
        assert "Traceback" not in each.log.read_text(), each.log.read_text()

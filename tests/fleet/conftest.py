from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .town import Town

Found = Callable[..., Town]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A fleet for 8 calls."""
    town = Town(tmp_path_factory.mktemp("town"), 8)
    yield town
    assert town.close() == 0


@pytest.fixture
def here(served: Town) -> Iterator[Town]:
    """That fleet, for tests after which it serves as before."""
    served.afresh()
    yield served
    assert "Traceback" not in served.log.read_text(), served.log.read_text()


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

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .exchange import Exchange


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Exchange]]:
    """Makes an exchange, and starts its front."""
    made: list[Exchange] = []

    def make(**options: object) -> Exchange:
        made.append(Exchange(tmp_path / "front", **options))  # type: ignore[arg-type]
        made[-1].start()
        return made[-1]

    yield make
    for exchange in made:
        exchange.close()


@pytest.fixture
def hall(serve: Callable[..., Exchange]) -> Exchange:
    """Two workers of four calls."""
    return serve()

"""What of a flow could not be read: that is told once, and what follows from it is no fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .source import Source

EVERYTHING = frozenset(
    {"arguments", "outcomes", "verbs", "variables", "handlers", "templates", "universal", "states"}
)


class Unread(set[str]):
    """The keys of flow files below which there may be more than is known."""

    @contextmanager
    def where_noted(self, source: Source, *keys: str) -> Iterator[None]:
        """Whether *keys* can be read: not where something is noted meanwhile."""
        before = source.noted
        try:
            yield
        finally:
            if source.noted > before:
                self.update(keys)

"""Secrets of a story: the settings that have the real ones are no part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..engine.values import Secret


class MadeUp(Mapping[str, Secret]):
    """Every secret is there, and its text is its name."""

    def __getitem__(self, name: str) -> Secret:
        return Secret(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

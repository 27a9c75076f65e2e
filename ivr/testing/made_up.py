"""Secrets of a story: the settings that have the real ones are no part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..engine.values import Secret


class Kept(list[Secret]):
    """The secrets of a call, which forgets them at its end; `ever` has their texts for longer."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: set[str] = set()

    def append(self, secret: Secret) -> None:
        self.ever.add(secret.reveal())
        super().append(secret)


class MadeUp(Mapping[str, Secret]):
    """Every secret is there, and its text is its name, unless the story says what it is."""

    def __init__(self, told: Mapping[str, str]) -> None:
        self._told = told

    def __getitem__(self, name: str) -> Secret:
        return Secret(self._told.get(name, name))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)

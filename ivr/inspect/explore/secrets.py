"""Secrets of calls that are explored: digits that nothing else has, so that they are told apart."""

from __future__ import annotations

from collections.abc import Iterable

MARK = "7305"
USUAL = 6


def made_up(name: str, lengths: Iterable[int]) -> str:
    """The secret of this name: as many digits as a question takes, if that is known."""
    number = sum(ord(sign) * place for place, sign in enumerate(name, 1))
    return (
        f"{MARK}{number:028}"[: next(iter(lengths), 4)] if lengths else f"{MARK}{number % 100:02}"
    )


class MadeUpSecrets(dict[str, str]):
    """Every secret is there, and is kept once it was asked for, so that a story can say it."""

    def __init__(self, lengths: Iterable[int] = ()) -> None:
        super().__init__()
        self._lengths = tuple(lengths)

    def get(self, name: str, default: object = None) -> str:
        """The text of the secret; *default* is never needed."""
        return self.setdefault(name, made_up(name, self._lengths))

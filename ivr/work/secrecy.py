"""The one place where secrets are revealed; and where they are taken out of what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..engine.values import Secret
from .job import Failed

SHORTEST = 3  # characters; of shorter ones any number would have some in it
MASK = str(Secret(""))


def revealed(part: Any) -> Any:
    """*part* of an order, with its secrets as plain texts."""
    match part:
        case Secret():
            return part.reveal()
        case Mapping():
            return {name: revealed(value) for name, value in part.items()}
        case list() | tuple():
            return [revealed(value) for value in part]
    return part


def secrets_in(part: Any) -> Iterator[str]:
    """The texts of the secrets in an order."""
    match part:
        case Secret():
            yield part.reveal()
        case Mapping():
            for value in part.values():
                yield from secrets_in(value)
        case list() | tuple():
            for value in part:
                yield from secrets_in(value)


def masked(text: str, secrets: Sequence[str]) -> str:
    """*text* for people: without any of *secrets*."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def veiled(value: Any, secrets: Sequence[str]) -> Any:
    """*value*, a plain one, in which whatever has one of *secrets* in it is a secret itself."""
    telling = [secret for secret in secrets if len(secret) >= SHORTEST]
    return _veiled(value, telling) if telling else value


def _veiled(part: Any, secrets: Sequence[str]) -> Any:
    match part:
        case Mapping():
            if any(_tells(name, secrets) for name in part):
                raise Failed("what came has a secret for a name")
            return {name: _veiled(value, secrets) for name, value in part.items()}
        case list():
            return [_veiled(value, secrets) for value in part]
        case None | bool() | Secret():
            return part
    text = str(part)
    return Secret(text) if _tells(text, secrets) else part


def _tells(text: str, secrets: Sequence[str]) -> bool:
    return any(secret in text for secret in secrets)

"""What a call keeps of a state, of a flow that called another one, and for its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .choices import Choices
from .handed import Handed
from .values import Value

if TYPE_CHECKING:
    from .call import Call

LONGEST_TRAIL = 32  # states to which a caller can go back


def new_trail() -> deque[str]:
    """No states yet."""
    return deque(maxlen=LONGEST_TRAIL)


@dataclass(slots=True)
class Tries:
    """How often one input step of a state has failed, each way."""

    no_input: int = 0
    no_match: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """What a flow has for itself, as long as another one that it called is walked through."""

    vars: dict[str, Value]
    state: str
    place: str
    tries: list[Tries]
    steps: int
    universal: Choices
    folder: str
    trail: deque[str]
    given: Mapping[str, Handed]


@dataclass(frozen=True, slots=True)
class Parting:
    """What is to be done after a call, and with which variables."""

    step: Callable[[Call], Awaitable[str]]
    vars: dict[str, Value]

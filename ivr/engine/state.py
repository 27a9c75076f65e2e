"""One state of a flow, and where it stands in its file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .call import Call
from .codes import Code
from .effects import Prompt
from .errors import Fault

if TYPE_CHECKING:
    from .flow import Flow
    from .verb import Verb

END = "end"
RESERVED = (END, "*", "=")  # the last two mean "any" and "the same" to `transitions`

Step = Callable[[Call], Awaitable[str]]


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where something is written; lines and columns count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0

    def fault(self, message: str, code: Code) -> Fault:
        return Fault(self.file, self.line, self.column, message, code)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Act:
    """A verb that a state does, and its arguments by parameter, those of its list as a tuple.

    An argument that cannot be told is a KeyError.  `prompts` are those that can be, among them;
    `word_places` says where words stand that it listens for, if not at its own `place`.
    """

    verb: Verb
    arguments: Mapping[str, Any]
    prompts: frozenset[Prompt] = frozenset()
    place: Place = NOWHERE
    word_places: Mapping[str, Place] = field(default_factory=dict)

    def builds(self, language: str) -> tuple[Prompt, ...]:
        """The prompts that it makes by itself, as far as they can be told."""
        try:
            return self.verb.builds(self.arguments, language)
        except (KeyError, AttributeError, TypeError, ValueError):
            return ()

    def listens(self, language: str) -> tuple[str, ...]:
        """The words and phrases that it listens for, as far as they can be told."""
        try:
            return self.verb.listens(self.arguments, language)
        except (KeyError, AttributeError, TypeError, ValueError):
            return ()


@dataclass(frozen=True, slots=True)
class State:
    """One state: what it does, and where each outcome leads (`on`); none: it ends the call.

    `on_error` is where it leads when it fails, `left` the outcomes that it leaves to the flow's
    handlers.  `prompts`: what it may play, `addresses`: whom it may have us call, and where it says
    so, `flows`: those that it may call, `does`: its verbs, in the order in which they are written.
    All of these as far as they can be told without running it; of `left`, None says that they
    cannot.
    """

    name: str
    step: Step
    on: Mapping[str, str]
    place: Place = NOWHERE
    on_places: Mapping[str, Place] = field(default_factory=dict)
    prompts: frozenset[Prompt] = frozenset()
    addresses: frozenset[tuple[str, Place]] = frozenset()
    flows: frozenset[Flow] = frozenset()
    on_error: str = ""
    left: frozenset[str] | None = None
    does: tuple[Act, ...] = ()

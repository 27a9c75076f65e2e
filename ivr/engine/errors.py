"""Everything this package raises, and whose fault it is.

* IvrError
  * FlowError         -- the author's: the flow is wrong; the message says where
    * LoadError       -- ... found while reading it: every fault of the file at once
  * SettingsError     -- the operator's: ivr.yaml, the environment, the machine
* CallEnded           -- nobody's: the call is over while a verb was waiting
* CallMoved           -- nobody's: an operator moved the call while a verb was waiting
* StateTooSlow        -- the author's: a state computed for too long without awaiting

What a caller does is never an error: it is an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .codes import Code


class IvrError(Exception):
    """Base of every error that this package raises."""


class FlowError(IvrError):
    """A flow broke its own map or its own data: unknown outcome, unset variable, endless loop."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong at one place of a file.

    Lines and columns count from 1; 0 where a place has none.  `code` is what can be looked up.
    """

    file: str
    line: int
    column: int
    message: str
    code: Code

    @property
    def at(self) -> str:
        """``file:line:column``, as far as there are any."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    def __str__(self) -> str:
        return f"{self.at}: {self.message} [{self.code}]"


class LoadError(FlowError):
    """A flow file cannot be used; `faults` lists every reason, in the order of the file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class SettingsError(IvrError):
    """The settings, or the machine they are for, do not allow what was asked."""


class CallEnded(BaseException):
    """Thrown into a waiting verb when the call is over.

    Not an `Exception`, so that ``except Exception`` in a flow cannot swallow it.
    """


class CallMoved(BaseException):
    """Thrown into a waiting verb when an operator moves the call to another state.

    Not an `Exception`, for the same reason as `CallEnded`.
    """


class StateTooSlow(BaseException):
    """Raised by the worker inside a state that computes without awaiting.

    Not an `Exception`, for the same reason as `CallEnded`.
    """

"""Test call flows without a phone: a simulated caller in virtual time."""

from typing import TYPE_CHECKING, Any

from .errors import StoryError
from .simulated_call import SimulatedCall

if TYPE_CHECKING:
    from .any_caller import callers

__all__ = ["SimulatedCall", "StoryError", "callers"]


def __getattr__(name: str) -> Any:
    """`callers` needs Hypothesis, which is there where there are tests."""
    if name != "callers":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from .any_caller import callers
    except ModuleNotFoundError as error:
        raise ImportError("callers are drawn by Hypothesis: pip install hypothesis") from error
    return callers

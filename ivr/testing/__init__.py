"""Test call flows without a phone: a simulated caller in virtual time."""

from .errors import StoryError
from .simulated_call import SimulatedCall

__all__ = ["SimulatedCall", "StoryError"]

"""A phone in the terminal: one simulated call, its flow's map and its variables on one screen."""

from .screen import PhoneScreen

__all__ = ["PhoneScreen"]

"""Flow files: YAML or Python in, the same checked `Flow` out."""

from .house import read_house
from .load import load_flow, static_addresses, static_places, static_prompts
from .schema import schema
from .words import static_words

__all__ = [
    "load_flow",
    "read_house",
    "schema",
    "static_addresses",
    "static_places",
    "static_prompts",
    "static_words",
]

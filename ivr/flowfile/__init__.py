"""Flow files: YAML or Python in, the same checked `Flow` out."""

from .load import load_flow, static_addresses, static_prompts
from .schema import schema

__all__ = ["load_flow", "schema", "static_addresses", "static_prompts"]

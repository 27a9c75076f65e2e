"""Flow files: YAML or Python in, the same checked `Flow` out."""

from .load import load_flow

__all__ = ["load_flow"]

"""What changes for callers from one version of a flow to another."""

from .changes import Change
from .compare import Comparison, compare
from .drawing import picture_of
from .tell import as_markdown, as_text

__all__ = ["Change", "Comparison", "as_markdown", "as_text", "compare", "picture_of"]

"""A flow as a picture: Mermaid, DOT, SVG and PNG."""

from .dot import as_dot
from .image import FORMATS, render
from .mermaid import as_mermaid
from .picture import Picture, picture_of

__all__ = ["FORMATS", "Picture", "as_dot", "as_mermaid", "picture_of", "render"]

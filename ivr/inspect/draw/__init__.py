"""A flow as a picture: Mermaid, DOT, SVG and PNG."""

from .covered import Covered
from .dot import as_dot
from .image import FORMATS, render
from .mermaid import as_mermaid
from .picture import Overlay, Picture, picture_of
from .traffic import Traffic, Trip

__all__ = [
    "FORMATS",
    "Covered",
    "Overlay",
    "Picture",
    "Traffic",
    "Trip",
    "as_dot",
    "as_mermaid",
    "picture_of",
    "render",
]

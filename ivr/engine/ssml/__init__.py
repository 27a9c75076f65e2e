"""Texts that begin with ``<speak>``: a subset of SSML 1.1 (W3C), as the parts they are made of.

A text is read once, into words and pauses; whoever says it, says these.  So a voice that knows no
SSML says the same as one that does, and a story reads the words that a caller hears.
"""

from .parts import PLAIN, Manner, Part, Pause, Words, enclosed, escaped, is_ssml
from .read import check, parts_of, spoken

__all__ = [
    "PLAIN",
    "Manner",
    "Part",
    "Pause",
    "Words",
    "check",
    "enclosed",
    "escaped",
    "is_ssml",
    "parts_of",
    "spoken",
]

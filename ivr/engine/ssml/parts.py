"""What a text is made of, and which text is SSML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal["", "strong", "moderate", "reduced"]

# XML 1.0, 2.2: what no document may have, written out or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What begins as a document, or is written in capitals, is meant as SSML, and not to be read aloud.
_BEGINS = re.compile(r"\s*(<!--.*?-->\s*)*<(\?xml|!doctype|speak)[\s/>]", re.DOTALL | re.IGNORECASE)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How words are said.

    `language`: empty for that of the text.  `rate`, `pitch` and `volume` are times what the voice
    has anyway.
    """

    language: str = ""
    rate: float = 1.0
    pitch: float = 1.0
    volume: float = 1.0
    emphasis: Level = ""


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Words:
    """Words, said in one manner."""

    words: str
    manner: Manner = PLAIN


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing, for so many `seconds`."""

    seconds: float


Part = Words | Pause


def is_ssml(text: str) -> bool:
    """Whether *text* is meant as SSML: whether it begins with ``<speak>``, or as XML does."""
    return _BEGINS.match(text) is not None


def escaped(words: str) -> str:
    """*words* as a part of SSML: whatever they are, nothing but words."""
    return "".join(_ESCAPES.get(sign, sign) for sign in _FORBIDDEN.sub(" ", words))


def enclosed(words: str) -> str:
    """The SSML that says *words* as they are."""
    return f"<speak>{escaped(words)}</speak>"

"""Texts one sign at a time."""

from __future__ import annotations

from decimal import Decimal

from ..errors import FlowError
from .cldr import tongue_of

LONGEST = 100  # signs
# The alphabet of ICAO, which callers of all countries know.
_WORDS = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar"
    " Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
)
PHONETIC = {word[0]: word for word in _WORDS.split()}


def spelled(value: object, language: str, alphabet: str = "") -> str:
    """`A, 1, at, B`; ``spelled('phonetic')``: `Alfa, 1, at, Bravo`."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise FlowError("spelled needs a text")
    if alphabet not in ("", "phonetic"):
        raise FlowError(f"spelled({alphabet!r}): expected 'phonetic', or nothing")
    text = "".join(str(value).split()).upper()
    if len(text) > LONGEST:
        raise FlowError(f"a text of {len(text)} signs; at most {LONGEST} can be spelled")
    words = tongue_of(language).signs
    letters = PHONETIC if alphabet else {}
    return ", ".join(words.get(sign) or letters.get(sign, sign) for sign in text)

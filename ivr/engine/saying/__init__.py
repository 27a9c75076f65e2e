"""How values are said, in the language of a call; one file a kind of value.

Every function takes the value, the language (``de``, ``de-AT``; empty: English) and its options,
gives words, and raises `FlowError` for what cannot be said.
"""

from collections.abc import Callable, Mapping

from .cldr import in_use, prepare
from .dates import date_
from .durations import duration
from .lists import listed
from .money import currency
from .numbers import number, ordinal, plural
from .phones import phone
from .spelling import spelled
from .times import time_

SAID: Mapping[str, Callable[..., str]] = {
    "currency": currency,
    "date": date_,
    "duration": duration,
    "list": listed,
    "number": number,
    "ordinal": ordinal,
    "phone": phone,
    "plural": plural,
    "spelled": spelled,
    "time": time_,
}
"""By the names that texts have for them."""

__all__ = ["SAID", "in_use", "prepare"]

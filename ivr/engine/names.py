"""What texts and conditions know of a call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .call import Call

_OF_PLACES = re.compile(r"\w[\w .-]*")
BUILTIN_NAMES = (
    *("caller", "dialled", "headers", "direction", "now", "caller_lists", "secrets"),
)  # set by every call
LANGUAGE = "language"  # which a flow may set
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
KNOWN_NAMES = (*BUILTIN_NAMES, LANGUAGE)


def is_language(value: object) -> bool:
    """Whether *value* is the tag of a language, such as ``de`` or ``pt-BR``."""
    return isinstance(value, str) and _LANGUAGE_TAG.fullmatch(value) is not None


def wrong_name(name: str, what: str) -> str:
    """Why *name* cannot be that of *what*, a state or a flow, which stands in journals and metrics;
    empty: it can."""
    if _OF_PLACES.fullmatch(name):
        return ""
    return f"{name!r} is no name of a {what}; expected letters, digits, spaces, '_', '-' and '.'"


def names_of(call: Call) -> dict[str, Any]:
    """Every name, and what it stands for."""
    return {
        "secrets": call.secrets,
        "caller": call.caller,
        "dialled": call.dialled,
        "headers": call.headers,
        "direction": call.direction,
        "now": call.time.astimezone(call.zone),
        "caller_lists": call.caller_lists,
        **call.vars,
        LANGUAGE: call.language,
    }

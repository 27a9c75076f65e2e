"""What texts and conditions know of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .call import Call

BUILTIN_NAMES = (
    *("caller", "dialled", "headers", "direction", "now", "caller_lists", "secrets"),
)  # set by every call
LANGUAGE = "language"  # which a flow may set
KNOWN_NAMES = (*BUILTIN_NAMES, LANGUAGE)


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

"""Why a call is refused: the names that a flow may use, and the SIP status code of each."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Literal, get_args

from .verb import Kind

Refusal = Literal[
    "busy", "declined", "unavailable", "blocked", "not_found", "overloaded", "closed"
]  # fmt: skip
Status = Annotated[int | Refusal, Kind("status")]

REFUSALS: tuple[str, ...] = get_args(Refusal)
LEAST, MOST = 400, 699

# What carriers make of them differs: 486 and 480 end the attempt, 503 sends it elsewhere, 603 stops
# every fork, and 607 and 608 (RFC 8197, RFC 8688) are for who has declared that he blocks calls.
CODES: Mapping[str, int] = MappingProxyType(
    {
        "busy": 486,
        "declined": 603,
        "unavailable": 480,
        "blocked": 403,
        "not_found": 404,
        "overloaded": 503,
        "closed": 480,
    }
)

# ITU-T Q.850, table 1: the causes that callers come across.
_CAUSES: Mapping[int, str] = MappingProxyType(
    {
        1: "Unallocated number",
        3: "No route to destination",
        16: "Normal call clearing",
        17: "User busy",
        18: "No user responding",
        19: "No answer from user",
        20: "Subscriber absent",
        21: "Call rejected",
        22: "Number changed",
        27: "Destination out of order",
        28: "Invalid number format",
        31: "Normal, unspecified",
        34: "No circuit available",
        38: "Network out of order",
        41: "Temporary failure",
        42: "Switching equipment congestion",
        55: "Incoming calls barred",
        57: "Bearer capability not authorized",
        58: "Bearer capability not available",
        88: "Incompatible destination",
        102: "Recovery on timer expiry",
        111: "Protocol error",
        127: "Interworking",
    }
)


def read_status(text: str) -> int | str:
    """A code from 400 to 699 or one of `REFUSALS`.  Raises `ValueError`."""
    if text in REFUSALS:
        return text
    if not text.isascii() or not text.isdigit():
        close = get_close_matches(text, REFUSALS, 1)
        hint = f"expected {LEAST} to {MOST} or {', '.join(REFUSALS)}"
        hint = f"did you mean {close[0]!r}?" if close else hint
        raise ValueError(f"unknown status {text!r}; {hint}")
    if not LEAST <= int(text) <= MOST:
        hint = "; redirect sends the caller elsewhere" if text[0] == "3" else ""
        raise ValueError(f"{text} is out of range; expected {LEAST} to {MOST}{hint}")
    return int(text)


def reason_header(cause: int) -> str:
    """The value of a Reason header (RFC 3326) for a cause of ITU-T Q.850."""
    words = _CAUSES.get(cause)
    return f"Q.850;cause={cause}" + (f';text="{words}"' if words else "")

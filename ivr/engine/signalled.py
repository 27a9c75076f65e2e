"""A SIP message of a call: a fact for the journal, which no flow reacts to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signalled:
    """A SIP message that was sent or came.  Nothing of its body but what `media` says."""

    moment: float
    """When: seconds, on the clock of the line (the monotonic one)."""
    sent: bool
    line: str
    """The request or status line; a password in its URI is masked."""
    cseq: str
    """Number and method (RFC 3261 8.1.1.5); empty: it had none."""
    media: str = ""
    """What its SDP says of audio: ports, formats, address and direction; empty: no SDP."""
    leg: int = 0
    """Which dialog of the call: 0 is the caller's, then by the order in which others began."""
    again: int = 0
    """How often this very message had been seen before: a retransmission (RFC 3261 17)."""

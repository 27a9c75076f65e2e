"""Telling a phone that messages wait for it, without having been asked (RFC 3842, section 3.5)."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pjsua2 as pj

from .message import one_line
from .stack import Stack

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages there are in a mailbox, and how many of them are urgent."""

    new: int
    old: int
    urgent_new: int = 0
    urgent_old: int = 0

    def summary(self, account: str) -> str:
        """The body that says so (RFC 3842, section 5.2)."""
        return (
            f"Messages-Waiting: {'yes' if self.new else 'no'}\r\n"
            f"Message-Account: {account}\r\n"
            f"Voice-Message: {self.new}/{self.old} ({self.urgent_new}/{self.urgent_old})\r\n"
        )


def tell(stack: Stack, address: str, waiting: Waiting) -> None:
    """Sends it to the phone at `address`, a SIP URI, by way of the front.  In the stack's thread.

    The stack repeats it until it is answered (RFC 3261, section 17.1.2).  A phone that is not there
    learns of it with the next change.
    """
    uri = one_line(address)
    request = pj.SendRequestParam()
    request.method = "NOTIFY"
    option = request.txOption
    option.targetUri = uri
    for name, value in (
        ("Event", "message-summary"),
        ("Subscription-State", "terminated;reason=noresource"),  # there is none: RFC 6665 4.1.3
    ):
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        option.headers.push_back(header)
    option.contentType = "application/simple-message-summary"
    option.msgBody = waiting.summary(uri)
    try:
        stack.account.sendRequest(request)
    except pj.Error as error:
        logger.warning("%s cannot be told of its messages: %s", uri, error.reason)

"""mailboxes: who opens them, and whose lamp shines."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .secrets import SecretSource
from .sections import Section


class Mailbox(Section):
    """One mailbox."""

    pin: SecretSource | None = Field(
        default=None, description="what opens it: env or file; it is the secret mailbox_NAME"
    )
    phone: str = Field(
        default="",
        pattern=r"^$|^sips?:[^@\s<>]+@[^@\s<>]+$",
        description="SIP address of the phone that is told how many messages there are (RFC 3842);"
        " empty: the one that is registered under the name of the mailbox (front.users)",
    )


BoxName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,120}$")]
Mailboxes = dict[BoxName, Mailbox]

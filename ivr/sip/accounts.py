"""Accounts at registrars, and how they are registered: plain values."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 7  # a process of this build holds eight, and one is the line itself
IDLE, TRYING, REGISTERED, FAILING, REFUSED = "idle", "trying", "registered", "failing", "refused"


@dataclass(frozen=True, slots=True)
class LineAccount:
    """A user at a registrar or provider, as `ivr.yaml` tells of it.

    `registrar` and `proxy` are SIP URIs; by way of `proxy` (empty: none) goes all that the account
    sends.  `expires` seconds is what the registrar is asked for; it may grant less.  `register`
    false: the account is for calls out alone.  They are from `caller_id` where nobody else is
    named (empty: `user`).
    """

    name: str
    registrar: str
    user: str
    domain: str
    secret: str
    auth_user: str = ""
    expires: int = 600
    proxy: str = ""
    register: bool = True
    caller_id: str = ""

    def __repr__(self) -> str:
        return f"LineAccount({self.name!r}, {self.aor!r})"  # without the secret

    @property
    def aor(self) -> str:
        """The address of record: as whom it registers, and calls."""
        return f"sip:{self.user}@{self.domain}"

    def uri_of(self, number: str = "") -> str:
        """Who calls, when it calls: `number`, or whom the account says."""
        return f"<sip:{number or self.caller_id or self.user}@{self.domain}>"


@dataclass(frozen=True, slots=True)
class Registration:
    """How an account is registered.

    `state`: `registered`; `trying`, before the first answer; `failing`, tried again soon;
    `refused`, tried again rarely; or `idle`, not registered from here.  `since` is when that began,
    `until` when the registrar forgets us, also while a renewal fails (0: it does not know us), both
    in seconds since 1970.  `code` and `reason` are the last answer's (0: none came).
    """

    account: str
    registrar: str
    state: str = IDLE
    since: float = 0.0
    until: float = 0.0
    code: int = 0
    reason: str = ""

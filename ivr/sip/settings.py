"""Where the line listens, and what it may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .accounts import LineAccount
from .sources import Sources

Srtp = Literal["off", "optional", "required"]
TRY_NEXT = "X-IVR-Next"  # for the front alone: another line may take the call


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Settings of one line.  All of them are checked by `Phone.start`, not here.

    `address` is the IPv4 address that SIP and RTP are bound to, `0.0.0.0` for all of the machine;
    `public_address` is the one that peers are told, where it is another (empty: the same).  `tcp`
    adds a TCP listener to UDP on the same `port`.  RTP takes `rtp_ports` UDP ports from `rtp_port`
    on, two for each call and some to spare for those that come and go.

    A caller from whom nothing has come for `media_timeout` seconds is hung up on (0: never), though
    not one who has put us on hold: that one is asked whether he is still there.

    `front` is the address (``host:port``) of a proxy that stands before this line and others like
    it: what we call goes by way of it, and when this line has no room it lets the front try the
    next one (see `refusal`).  `sip_address` is where SIP is taken from it (empty: `address`).

    `codecs` are taken and offered in this order, of PCMU, PCMA and G722.  `srtp` is `off`,
    `optional` or `required`, with keys in SDP (RFC 4568).  With `tls_certificate` and `tls_key`,
    PEM files, SIP is also taken over TLS on `tls_port`.

    `may_call` says who may be called (see `Allowed`; empty: our own address), `calls_per_hour` and
    `minutes_per_hour` how much, over all lines that count in the file `ledger` (None: this one
    alone); `kept` slots are for calls out only.  `allow_refer` lets callers' phones refer us to
    those whom we may call.

    `retry_after` seconds is what a caller hears who comes when every slot is taken.  `log_level` is
    that of the SIP stack, 0 (quiet) to 3; beyond that it would write down the keys of a caller.
    `allow`, `deny` and `requests_per_second` say who is heard, unless there is a `front` (see
    `Sources`).  `accounts`, seven at most, are those at registrars and providers (see
    `Phone.registrar`).  `shim` false does without the ctypes module that sheds calls (see
    `Phone.shim`).
    """

    recordings: Path
    address: str = "127.0.0.1"
    port: int = 5060
    public_address: str = ""
    tcp: bool = True
    rtp_port: int = 10000
    rtp_ports: int = 200
    user_agent: str = "ivr"
    media_timeout: float = 60.0
    retry_after: int = 5
    log_level: int = 1
    shim: bool = True
    allow: Sequence[str] = ()
    deny: Sequence[str] = ()
    requests_per_second: int = 100
    front: str = ""
    sip_address: str = ""
    codecs: Sequence[str] = ("PCMU", "PCMA", "G722")
    srtp: Srtp = "off"
    tls_port: int = 5061
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    accounts: tuple[LineAccount, ...] = ()
    may_call: Sequence[str] = ()
    calls_per_hour: int = 1000
    minutes_per_hour: int = 10_000
    kept: int = 0
    ledger: Path | None = None
    allow_refer: bool = False

    @property
    def tls(self) -> bool:
        """Whether SIP is taken over TLS."""
        return bool(self.tls_certificate and self.tls_key)

    @property
    def hosts(self) -> frozenset[str]:
        """Whom it may have to ask for: the hosts of accounts, and those that may be called."""
        uris = [uri for each in self.accounts for uri in (each.registrar, each.proxy) if uri]
        named = [uri.split(":")[1].partition(";")[0] for uri in uris]
        called = [entry.rpartition("@")[2] for entry in self.may_call]
        domains = [each.domain for each in self.accounts]
        return frozenset(name.lower() for name in (*named, *called, *domains))

    @property
    def transports(self) -> tuple[str, ...]:
        """What SIP is taken by, and sent."""
        return ("udp", *["tcp"] * self.tcp, *["tls"] * self.tls)

    @property
    def call_recordings(self) -> Path:
        """Where recordings of whole calls go: beside the messages."""
        return self.recordings.with_name("recordings")

    @property
    def advertised(self) -> str:
        """The address that peers are told."""
        return self.public_address or self.address

    @property
    def sip_bound(self) -> str:
        """The address that SIP is bound to."""
        return self.sip_address or self.address

    @property
    def sip_advertised(self) -> str:
        """The address for SIP that peers are told."""
        return self.sip_address or self.advertised

    def sources(self) -> Sources:
        """Who is heard."""
        own = {self.sip_bound, self.sip_advertised} - {"0.0.0.0"}
        return Sources(self.allow, self.deny, self.requests_per_second, own)

    @property
    def refusal(self) -> list[tuple[str, str]]:
        """The headers of a 503 that means: not on this line, not now."""
        headers = [("Retry-After", str(self.retry_after))]
        return [*headers, (TRY_NEXT, "1")] if self.front else headers

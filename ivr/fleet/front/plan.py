"""What the front is to be: values, out of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...config import Settings
from ...engine.errors import SettingsError
from .users import read_users

ANY = "0.0.0.0"


@dataclass(frozen=True, slots=True)
class Destination:
    """A worker that takes calls: `life` is a name that no worker had before, `uri` its address.

    It gets at most `maxload` calls at once (0: as many as it takes), and none before it answers
    OPTIONS where it is `uncertain` that it is there at all.
    """

    uri: str
    life: str
    maxload: int
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Workers:
    """Where workers may be: UDP ports `first` to `last` of `address`.

    What comes from there is trusted: it may call anybody.
    """

    address: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Peer:
    """The front of another machine, and how many calls its workers hold.

    Each is to list the other: what comes from a peer is trusted, and is not sent on to another.
    """

    address: str
    port: int
    calls: int


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate and key in PEM, and the port."""

    certificate: Path
    key: Path
    port: int = 5061
    authorities: Path | None = None
    """PEM, of those who vouch for registrars; None: no account is reached by TLS."""


@dataclass(frozen=True, slots=True)
class FrontPlan:
    """What the front listens on, whom it lets in, and where workers are.

    Callers reach it at `address`, workers at `inside`, both on `port`.
    """

    address: str
    port: int
    workers: tuple[Workers, ...]
    own_calls: int = 4
    """How many calls the workers of this machine hold."""
    peers: tuple[Peer, ...] = ()
    inside: str = "127.0.0.1"
    public_address: str = ""
    """What callers are told, where that is not `address`."""
    domain: str = ""
    """Of registered users; empty: the address that callers are told."""
    tcp: bool = True
    tls: Tls | None = None
    allow: tuple[str, ...] = ()
    """Networks that are answered; none: all."""
    users: Mapping[str, str] = field(default_factory=dict)
    """Names and passwords of those who may register; none: there is no registrar."""
    offerless: bool = False
    """Whether an INVITE without SDP reaches a worker."""
    calls_per_second: int = 50
    source_requests_per_second: int = 100
    retry_after: int = 5
    """Seconds."""
    silence: float = 1.0
    """Seconds after which a worker without an answer is passed over."""
    probe: int = 5
    """Seconds between two OPTIONS to each worker: so soon a silent one is back."""
    program: str = "kamailio"

    @classmethod
    def of(cls, settings: Settings, slots: int) -> FrontPlan:
        """The plan of an operator who has `slots` places for workers.

        Raises `SettingsError`: callers cannot be told an address, or the users cannot be read.
        """
        sip, fleet, front = settings.sip, settings.fleet, settings.front
        if sip.address == ANY and not sip.public_address:
            raise SettingsError(
                f"sip.address: {ANY} is no address that callers could be told;"
                " set sip.public_address too, or sip.address to one of this machine"
            )
        tls, by_tls = None, [name for name, it in settings.accounts.items() if it.by_tls]
        if front.tls_certificate and front.tls_key:
            authorities = front.tls_authorities if by_tls else None
            tls = Tls(front.tls_certificate, front.tls_key, front.tls_port, authorities)
        elif by_tls:
            raise SettingsError(
                f"accounts.{by_tls[0]}: the front speaks TLS with a certificate of its own;"
                " set front.tls_certificate and front.tls_key"
            )
        return cls(
            address=sip.address,
            port=sip.port,
            workers=(Workers(fleet.address, fleet.first_port, fleet.first_port + slots - 1),),
            own_calls=max(1, settings.calls),
            peers=tuple(_peer(where, calls) for where, calls in settings.peers.items()),
            inside=fleet.address,
            public_address=sip.public_address,
            domain=front.domain,
            tcp=sip.tcp,
            tls=tls,
            allow=tuple(front.allow),
            users=read_users(front.users) if front.users else {},
            offerless=front.offerless,
            calls_per_second=front.calls_per_second,
            source_requests_per_second=front.requests_per_second,
            retry_after=sip.retry_after,
            program=front.program,
        )


def _peer(where: str, calls: int) -> Peer:
    address, _, port = where.partition(":")
    return Peer(address, int(port), calls)

"""A plan, written as Kamailio reads it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ...sip.sources import SCANNERS
from .plan import Destination, FrontPlan
from .users import ha1

CONFIGURATION = "kamailio.cfg"
LIST = "dispatcher.list"
TLS = "tls.cfg"
RPC = "rpc.sock"
TRIES = 11  # workers for a call: a transaction has twelve branches in Kamailio
LARGEST = 3600  # bytes; what the front adds still fits into the 4000 of pjsip
LONGEST_CALL = 15000  # seconds; a flow ends after four hours
RINGING = 200.0  # seconds without an answer; RFC 3261 16.6, 11: more than three minutes
REGISTRATION = 120  # seconds; so long nobody is found after a restart of the front
SET = 1  # number of the set of workers in the list
PEERS = 2  # ... and of the fronts of other machines
INACTIVE = 9  # flags in the list: takes nothing until a probe is answered

_templates = Environment(
    loader=PackageLoader("ivr.fleet.front", "."),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def configuration(plan: FrontPlan, secret: str = "") -> str:
    """kamailio.cfg.  Who knows `secret` may tell the front of running calls; empty: nobody."""
    return _templates.get_template("kamailio.cfg.j2").render(**_names(plan, secret))


def tls_configuration(plan: FrontPlan) -> str:
    """tls.cfg; empty: there is no TLS."""
    return _templates.get_template("tls.cfg.j2").render(tls=plan.tls) if plan.tls else ""


def dispatcher_list(destinations: Iterable[Destination], plan: FrontPlan) -> str:
    """dispatcher.list: the workers are one set, and the peers of `plan` another."""
    lines = [(SET, each.uri, *options(each)) for each in destinations]
    for peer in plan.peers:
        where = f"{peer.address}:{peer.port}"
        flags, priority, attributes = options(Destination(f"sip:{where}", where, peer.calls))
        attributes += f";socket=udp:{plan.address}:{plan.port}"
        lines.append((PEERS, f"sip:{where}", flags, priority, attributes))
    return "".join(" ".join(map(str, line)) + "\n" for line in lines)


def requirements(plan: FrontPlan, limit: int) -> str:
    """In words, what another proxy must do for workers of `limit` calls each."""
    addresses = " and ".join(f"{w.address} ports {w.first} to {w.last}" for w in plan.workers)
    return _templates.get_template("requirements.txt.j2").render(
        addresses=addresses,
        limit=limit,
        silence=f"{plan.silence:g} s",
        largest=LARGEST,
        offerless=plan.offerless,
        calls_per_second=plan.calls_per_second,
    )


def options(destination: Destination) -> tuple[int, int, str]:
    """What the list says of a worker besides its address: flags, priority, attributes."""
    flags = INACTIVE if destination.uncertain else 0
    return flags, 0, f"duid={destination.life};maxload={destination.maxload}"


def _names(plan: FrontPlan, secret: str) -> dict[str, Any]:
    outside = f"{plan.address}:{plan.port}"
    told = plan.public_address or plan.address
    domain = plan.domain or told
    return {
        "address": plan.address,
        "outside": outside,
        "ways": _ways(plan, told),
        "inside": f"{plan.inside}:{plan.port}",
        "advertised": _advertised(plan, plan.port),
        "advertised_tls": _advertised(plan, plan.tls.port) if plan.tls else "",
        "domain": domain,
        "tcp": plan.tcp,
        "tls": plan.tls,
        "allow": [f"src_ip == {network}" for network in plan.allow],
        "users": {name: ha1(name, domain, plan.users[name]) for name in sorted(plan.users)},
        "offerless": plan.offerless,
        "calls_per_second": plan.calls_per_second,
        "source_requests_per_second": plan.source_requests_per_second,
        "retry_after": plan.retry_after,
        "from_worker": _any("src_ip == {0} && src_port >= {1} && src_port <= {2}", plan),
        "to_worker": _any(
            '$nh(d) == "{0}" && $(nh(p){{s.int}}) >= {1} && $(nh(p){{s.int}}) <= {2}', plan
        ),
        "peers": plan.peers,
        "from_peer": " || ".join(f"src_ip == {each.address}" for each in plan.peers),
        "to_peer": " || ".join(
            f'($nh(d) == "{each.address}" && $(nh(p){{s.int}}) == {each.port})'
            for each in plan.peers
        ),
        "own_calls": plan.own_calls,
        "all_calls": plan.own_calls + sum(each.calls for each in plan.peers),
        "most_workers": sum(each.last - each.first + 1 for each in plan.workers),
        "probe": plan.probe,
        "silence_ms": round(plan.silence * 1000),
        "ringing_ms": round(RINGING * 1000),
        "longest_call": LONGEST_CALL,
        "largest": LARGEST,
        "scanners": SCANNERS,
        "tries": TRIES,
        "registration": REGISTRATION,
        "secret": secret or secrets.token_hex(16),
        "rpc_socket": RPC,
        "list_file": LIST,
        "tls_file": TLS,
    }


def _ways(plan: FrontPlan, told: str) -> list[tuple[str, str, str]]:
    """How calls out and registrations may leave: transport, our socket, the host of a Contact."""
    ways = [("udp", f"udp:{plan.address}:{plan.port}", f"{told}:{plan.port}")]
    if plan.tcp:
        host = f"{told}:{plan.port};transport=tcp"
        ways.append(("tcp", f"tcp:{plan.address}:{plan.port}", host))
    if plan.tls:
        host = f"{told}:{plan.tls.port};transport=tls"
        ways.append(("tls", f"tls:{plan.address}:{plan.tls.port}", host))
    return ways


def _advertised(plan: FrontPlan, port: int) -> str:
    public = plan.public_address
    return f" advertise {public}:{port}" if public and public != plan.address else ""


def _any(condition: str, plan: FrontPlan) -> str:
    each = [f"({condition.format(w.address, w.first, w.last)})" for w in plan.workers]
    return f"({' || '.join(each)})"

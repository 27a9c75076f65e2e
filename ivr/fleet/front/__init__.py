"""The front: Kamailio before the workers, its configuration made from the settings."""

from .front import Front
from .plan import Destination, FrontPlan, Peer, Tls, Workers
from .program import check, missing
from .render import configuration, dispatcher_list, requirements, tls_configuration
from .rpc import FrontError

__all__ = [
    "Destination",
    "Front",
    "FrontError",
    "FrontPlan",
    "Peer",
    "Tls",
    "Workers",
    "check",
    "configuration",
    "dispatcher_list",
    "missing",
    "requirements",
    "tls_configuration",
]

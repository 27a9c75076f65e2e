"""How long a call of a flow in YAML may be silent, and how long it may last."""

from __future__ import annotations

from collections.abc import Callable

from yaml.nodes import ScalarNode

from ..engine.flow import Flow
from ..engine.limits import DeadAir, MaxDuration
from .bind import Arguments, bind
from .convert import Context
from .source import Field


def read_limits(context: Context, top: dict[str, Field], flow: Flow) -> None:
    """Read ``dead_air`` and ``max_duration`` into *flow*."""
    if "dead_air" in top:
        node = top["dead_air"].value
        if isinstance(node, ScalarNode) and node.value == "none":
            flow.dead_air = None
        elif (given := _bound(DeadAir.__init__, "dead_air", top, context)) is not None:
            flow.dead_air = DeadAir(**given.named)
    if "max_duration" in top:
        given = _bound(MaxDuration.__init__, "max_duration", top, context)
        flow.max_duration = MaxDuration(**given.named) if given is not None else None


def _bound(
    make: Callable[..., None], name: str, top: dict[str, Field], context: Context
) -> Arguments | None:
    return bind(make, name, top[name].key, top[name].value, context)

"""How long a call of a flow in YAML may be silent, and how long it may last."""

from __future__ import annotations

from collections.abc import Callable

from yaml.nodes import ScalarNode

from ..engine.codes import Code
from ..engine.flow import Flow
from ..engine.limits import DeadAir, MaxDuration, wrong_with
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
        limit = MaxDuration(**given.named) if given is not None else None
        wrong = wrong_with(limit) if limit is not None else ""
        if wrong:
            context.source.fault(top["max_duration"].key, f"max_duration: {wrong}", Code.AT_ODDS)
        flow.max_duration = None if wrong else limit


def _bound(
    make: Callable[..., None], name: str, top: dict[str, Field], context: Context
) -> Arguments | None:
    return bind(make, name, top[name].key, top[name].value, context)

"""The choices that every question of a flow offers: ``universal``, and where ``top`` leads."""

from __future__ import annotations

from dataclasses import replace

from yaml.nodes import Node

from ..engine.choices import UNIVERSAL, universal
from ..engine.codes import Code
from .choices import read_choices
from .read_handlers import is_free, read_target
from .read_state import States
from .source import Bad, Field


def read_universal(states: States, top: dict[str, Field], *, shared: bool = False) -> None:
    """Read what *top* says of them into the flow of *states*; what is *shared* gives way."""
    if "top" in top and is_free(states, "top", top["top"].value, shared):
        states.flow.top = read_target(states, top["top"].value, "top")
    if "universal" in top and is_free(states, "universal", top["universal"].key, shared):
        try:
            _choices(states, top["universal"].value)
        except Bad as bad:
            states.whole = False
            states.source.note(bad, "universal")


def _choices(states: States, node: Node) -> None:
    context = replace(states.context.named("universal"), word_places=states.flow.word_places)
    choices = read_choices(node, context, UNIVERSAL)
    try:
        states.flow.universal = universal(choices.table)
    except ValueError as error:
        raise Bad(node, str(error), Code.BAD_PATTERN) from None

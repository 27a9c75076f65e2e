"""Pairs of texts, in the flow file or in one of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from yaml.nodes import MappingNode, Node

from ..engine.codes import Code
from ..engine.directory import Directory
from ..engine.effects import Given
from ..engine.errors import LoadError
from .source import Bad, Source

if TYPE_CHECKING:
    from .convert import Context

WORDS = "name: text pairs, or the file that has them"


def read_pairs(node: Node, context: Context) -> Mapping[str, str] | Given:
    """``{Ann Smith: 601}``, ``people.yaml`` beside the flow, or ``{argument: people}``.

    Raises `Bad`.
    """
    source = context.source
    if isinstance(node, MappingNode):
        found = _texts(source, node)
        return Given(found["argument"]) if found.keys() == {"argument"} else Directory(found)
    name = source.text(node, WORDS)
    file = source.beside(node, Path(source.file).resolve().parent, name)
    try:
        other, root = Source.parse(file)
        source.others.append(file.read_bytes())
        if root is None:
            raise Bad(node, f"{name!r} is empty; expected {WORDS}", Code.EMPTY_FILE)
        try:
            return Directory(_texts(other, root))
        except Bad as bad:
            other.note(bad)
        finally:
            other.check()
    except LoadError as error:
        source.take(error.faults)
    return {}


def _texts(source: Source, node: Node) -> dict[str, str]:
    fields = source.fields(node, WORDS)
    return {name: source.text(field.value, "a text") for name, field in fields.items()}

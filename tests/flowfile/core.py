"""YAML as an editor reads it: with the types of its core schema (YAML 1.2, 10.3.2)."""

import re
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_TYPES: tuple[tuple[str, Any], ...] = (
    (r"null|Null|NULL|~|", lambda text: None),
    (r"true|True|TRUE|false|False|FALSE", lambda text: text[0] in "tT"),
    (r"[-+]?[0-9]+", int),
    (r"0o[0-7]+", lambda text: int(text[2:], 8)),
    (r"0x[0-9a-fA-F]+", lambda text: int(text[2:], 16)),
    (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
)


def as_core(node: Node | None) -> Any:
    """The value of *node*, whose tags do not matter; keys are texts, as in JSON."""
    match node:
        case MappingNode():
            return {str(key.value): as_core(value) for key, value in node.value}
        case SequenceNode():
            return [as_core(each) for each in node.value]
        case ScalarNode(style=None):
            for pattern, make in _TYPES:
                if re.fullmatch(pattern, node.value):
                    return make(node.value)
    return node.value if node else None

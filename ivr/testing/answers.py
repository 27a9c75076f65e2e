"""What a service has to say so that a flow finds in it what it looks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError


def answer_with(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """``{"body": {"items": [{"name": "Ada"}]}}`` of ``{"body.items[0].name": "Ada"}``.

    Of paths of JMESPath that say more than names and positions there is nothing in it.
    """
    answer: dict[str, Any] = {}
    for path, leaf in leaves.items():
        try:
            steps = _steps(jmespath.compile(path).parsed)
        except (JMESPathError, TypeError):  # of a function of the author's
            continue
        if steps and isinstance(steps[0], str):
            answer = _put(answer, steps, leaf)
    return answer


def _steps(path: Mapping[str, Any]) -> list[str | int]:
    """Where *path*, as JMESPath parses it, leads: names and positions; nothing, if it says more."""
    match path:
        case {"type": "field" | "index", "value": step}:
            return [step]
        case {"type": "subexpression" | "index_expression", "children": parts}:
            found = [_steps(part) for part in parts]
            return [step for steps in found for step in steps] if all(found) else []
    return []


def _put(tree: Any, steps: Sequence[str | int], leaf: Any) -> Any:
    """*tree* with *leaf* where *steps* lead."""
    if not steps:
        return leaf
    step, *rest = steps
    if isinstance(step, str):
        known = tree if isinstance(tree, Mapping) else {}
        return {**known, step: _put(known.get(step), rest, leaf)}
    at, items = max(step, 0), list(tree) if isinstance(tree, list) else []
    items += [{}] * (at + 1 - len(items))
    items[at] = _put(items[at], rest, leaf)
    return items

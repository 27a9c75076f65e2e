"""Whether an effect is what it says it is: a flow in Python may have put anything into it.

What passes here can be performed and written down without surprises, so a slip of an author is the
author's `FlowError`, and never an exception in the line, in the journal or in a neighbour's call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from .effects import Effect
from .errors import FlowError
from .values import is_plain

Kinds = tuple[type, ...]
Test = Callable[[Any], bool]


def _expected(hint: Any) -> tuple[Kinds, Test | None]:
    """The classes that *hint* allows, and what else must hold, if anything."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return (str,), args.__contains__
    if origin is tuple:
        kinds, _ = _expected(args[0])
        return (tuple,), lambda value: all(isinstance(part, kinds) for part in value)
    if origin is Mapping and args[1] is Any:
        return (Mapping,), is_plain
    if origin is Mapping:
        return (Mapping,), lambda value: all(
            isinstance(part, str) for pair in value.items() for part in pair
        )
    if args:  # a union
        return args, None
    if hint is float:
        return (float, int), lambda value: value == value
    return (hint,), None


_CHECKS: dict[type, list[tuple[str, Kinds, Test | None]]] = {
    kind: [(each.name, *_expected(get_type_hints(kind)[each.name])) for each in fields(kind)]
    for kind in get_args(Effect)
}


def check_effect(effect: object) -> None:
    """Raise `FlowError` unless *effect* is an effect with fields of the right types."""
    checks = _CHECKS.get(type(effect))
    if checks is None:
        raise FlowError(f"{effect!r} is no effect; expected one such as Answer()")
    for name, kinds, holds in checks:
        value = getattr(effect, name)
        if not isinstance(value, kinds) or (holds is not None and not holds(value)):
            raise FlowError(f"{type(effect).__name__} cannot have {name}={value!r}")

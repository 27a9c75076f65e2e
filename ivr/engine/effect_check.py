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

Test = Callable[[Any], bool]


def _test(hint: Any) -> Test:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in args
    if origin is tuple:
        each = _test(args[0])
        return lambda value: isinstance(value, tuple) and all(map(each, value))
    if origin is Mapping and args[1] is Any:
        return lambda value: isinstance(value, Mapping) and is_plain(value)
    if origin is Mapping:
        return lambda value: (
            isinstance(value, Mapping)
            and all(isinstance(part, str) for pair in value.items() for part in pair)
        )
    if args:  # a union
        kinds = tuple(args)
        return lambda value: isinstance(value, kinds)
    if hint is float:
        return lambda value: isinstance(value, float | int) and value == value
    return lambda value: isinstance(value, hint)


_CHECKS: dict[type, list[tuple[str, Test]]] = {
    kind: [(field.name, _test(get_type_hints(kind)[field.name])) for field in fields(kind)]
    for kind in get_args(Effect)
}


def check_effect(effect: object) -> None:
    """Raise `FlowError` unless *effect* is an effect with fields of the right types."""
    checks = _CHECKS.get(type(effect))
    if checks is None:
        raise FlowError(f"{effect!r} is no effect; expected one such as Answer()")
    for name, holds in checks:
        value = getattr(effect, name)
        if not holds(value):
            raise FlowError(f"{type(effect).__name__} cannot have {name}={value!r}")

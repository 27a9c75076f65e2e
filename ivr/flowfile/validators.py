"""What an entry must be besides well-formed, as a flow file says it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from yaml.nodes import MappingNode, Node

from ..engine.codes import Code
from ..engine.validators import CHECKS, DAYS, RANGES, Asked, Between, Bound, Validators
from ..engine.verb import FunctionName
from ..engine.work import WorkSeconds
from .source import Bad, Field, suggest

if TYPE_CHECKING:
    from .convert import Context

_RANGE = ("from", "to", "zone")
_ASKED = ("python", "seconds")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def read_validators(node: Node, context: Context) -> Validators:
    """``luhn``, ``{from: 1, to: 31}``, ``{python: "checks:member"}``, or a list of them."""
    found: list[Any] = []
    for item in context.source.items(node):
        try:
            found.append(_validator(item, context))
        except Bad as bad:
            context.note(bad)
    return tuple(found)


def _validator(node: Node, context: Context) -> str | Between | Asked:
    source = context.source
    if not isinstance(node, MappingNode):
        name = source.text(node, "a validator such as luhn")
        if name not in CHECKS and name not in RANGES:
            known = (*CHECKS, *RANGES, "{from: …, to: …}", '{python: "module:function"}')
            wrong = f"no validator {name!r}; {suggest(name, known)}"
            raise Bad(node, wrong, Code.UNKNOWN_VALUE)
        return name
    fields = source.fields(node, "from and to, or python")
    known = _ASKED if "python" in fields else _RANGE
    for name, field in fields.items():
        if name not in known:
            wrong = f"unknown key {name!r}; {suggest(name, known)}"
            raise Bad(field.key, wrong, Code.UNKNOWN_KEY)
    if "python" in fields:
        return _asked(fields, context)
    if not fields.keys() & {"from", "to"}:
        wrong = "expected from, to, or both; or python: module:function"
        raise Bad(node, wrong, Code.EMPTY_VALUE)
    ends = [_end(fields[name], context) if name in fields else None for name in ("from", "to")]
    if type(ends[0]) is type(ends[1]) and _is_after(*ends):
        raise Bad(node, "from is more than to", Code.AT_ODDS)
    return Between(
        ends[0], ends[1], *([_zone(fields["zone"], context)] if "zone" in fields else ())
    )


def _asked(fields: dict[str, Field], context: Context) -> Asked:
    from .convert import convert

    given = {"python": FunctionName, "seconds": WorkSeconds}
    return Asked(
        *(convert(given[name], fields[name].value, context) for name in _ASKED if name in fields)
    )


def _end(field: Field, context: Context) -> Bound:
    text = context.source.text(field.value, "a number or a date")
    if text in DAYS:
        return text
    if _NUMBER.fullmatch(text):
        return Decimal(text) if "." in text else int(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        days = ", ".join(DAYS)
        wrong = f"{text!r} is neither a number nor a date; expected such as 31, 2030-12-31, {days}"
        raise Bad(field.value, wrong, Code.BAD_VALUE) from None


def _is_after(least: Any, most: Any) -> bool:
    if isinstance(least, str):
        least, most = DAYS[least], DAYS[most]
    return bool(least is not None and least > most)


def _zone(field: Field, context: Context) -> ZoneInfo:
    from .convert import convert

    zone = convert(ZoneInfo, field.value, context)
    assert isinstance(zone, ZoneInfo)
    return zone

"""Values that are not of the kind that is expected, and secrets where they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from jinja2 import nodes

from ...engine.codes import Code
from ...engine.errors import Fault
from ...engine.flow import Flow
from ...engine.state import Act
from .acts import Look, Untold, acts, told
from .sources import Source, sources

Kind = Literal["text", "number"]
_KINDS: Mapping[str, Kind] = {"text": "text", "number": "number", "currency": "number"}
_TYPED: Mapping[str, Kind] = {"digits": "text", "phone": "text", "number": "number"}
_OF_CALLS: Mapping[str, Kind] = dict.fromkeys(("caller", "dialled", "direction"), "text")
_SECRET_ANSWERS = ("http", "sql", "python")


def text_and_number(look: Look) -> Iterator[Fault]:
    """Texts that are taken for numbers, and numbers for texts."""
    kinds = _kinds(look.flow)
    for _, act in acts(look.flow):
        for source in sources(act):
            for name, constant in _compared(source):
                wrong = _wrong(name, constant, kinds)
                if wrong:
                    yield act.place.fault(f"{act.verb.name}: {wrong}", Code.TEXT_AND_NUMBER)


def _wrong(name: str, constant: object, kinds: Mapping[str, Kind]) -> str:
    number = isinstance(constant, int | float) and not isinstance(constant, bool)
    match kinds.get(name):
        case "text" if number:
            return (
                f"{name!r} is a text and {constant} a number, so that they are never equal;"
                f" expected '{constant}' in quotes, or type: number where it is collected"
            )
        case "number" if isinstance(constant, str):
            expected = constant if constant.isdigit() else "a number"
            return (
                f"{name!r} is a number and {constant!r} a text, so that they are never equal;"
                f" expected {expected} without quotes"
            )
    return ""


def _kinds(flow: Flow) -> dict[str, Kind]:
    """The variables that are always texts, or always numbers, as far as that can be told."""
    declared = flow.declared.items()
    found = {name: _KINDS[each.type] for name, each in declared if each.type in _KINDS}
    found |= _OF_CALLS
    collected: dict[str, set[Kind | None]] = {}
    for _, act in acts(flow):
        for name, kind in _assigned(act):
            collected.setdefault(name, set()).add(kind)
    for name, kinds in collected.items():
        kind = kinds.pop() if len(kinds) == 1 else None
        if name not in flow.declared and kind is not None:
            found[name] = kind
    return found


def _assigned(act: Act) -> Iterator[tuple[str, Kind | None]]:
    try:
        if act.verb.name == "collect":
            secret = told(act, "sensitive")
            yield told(act, "into"), None if secret else _TYPED.get(told(act, "type"))
            return
        for name in ("values", "add", "into", "names", "name", "number", "matches"):
            given = told(act, name, ())
            for each in [given] if isinstance(given, str) else given or ():
                yield each, None
    except Untold:
        return


def _compared(source: Source) -> Iterator[tuple[str, object]]:
    """The variables that *source* compares with a constant, or calculates with, and that."""
    for compare in source.tree.find_all(nodes.Compare):
        for operand in compare.ops:
            if operand.op not in ("in", "notin"):
                yield from _pair(compare.expr, operand.expr)
    for sum_ in source.tree.find_all((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div)):
        yield from _pair(sum_.left, sum_.right)


def _pair(one: nodes.Node, two: nodes.Node) -> Iterator[tuple[str, object]]:
    match one, two:
        case (nodes.Name(name=name), nodes.Const(value=value)) | (
            nodes.Const(value=value),
            nodes.Name(name=name),
        ):
            yield name, value


def shown_secrets(look: Look) -> Iterator[Fault]:
    """Secrets in what is said, logged, sent or asked for, where the call would break."""
    secret = _secrets(look.flow)
    for _, act in acts(look.flow):
        for source in sources(act):
            if source.takes_secrets or source.is_expression:
                continue
            for name in sorted(source.shown):
                if name in secret or name.startswith("secrets."):
                    yield act.place.fault(
                        f"{act.verb.name}: {name} is a secret, and cannot be a part of"
                        f" {source.parameter}; the call would break here: leave it out",
                        Code.SHOWN_SECRET,
                    )


def _secrets(flow: Flow) -> set[str]:
    """The variables that are secret."""
    found = {name for name, each in flow.declared.items() if each.type == "secret"}
    for _, act in acts(flow):
        try:
            if act.verb.name == "collect" and told(act, "sensitive"):
                found.add(told(act, "into"))
            elif act.verb.name in _SECRET_ANSWERS and told(act, "sensitive"):
                found |= set(told(act, "into"))
        except Untold:
            continue
    return found

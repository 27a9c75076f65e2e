"""Whether what verbs put into variables is what the flow declares, as far as that can be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..engine import mentions, templates
from ..engine.codes import Code
from ..engine.errors import FlowError
from ..engine.flow import Flow
from ..engine.names import LANGUAGE, is_language
from ..engine.values import Value
from ..engine.variables import VariableType, kind_of, undeclared
from ..engine.verb import Kind, Verb
from .bind import signature_of

_COLLECTED: Mapping[str, VariableType] = {
    "digits": "text",
    "phone": "text",
    "number": "number",
    "currency": "currency",
    "date": "date",
    "time": "time",
    "boolean": "yes/no",
}
# The parameters whose pairs are variables, each with what it is given.
_PAIRS: Mapping[str, str] = {
    "set": "values",
    "remember": "add",
    **dict.fromkeys(("http", "sql", "python", "mailbox", "call_flow"), "into"),
}


def wrong_assignments(
    verb: Verb, named: Mapping[str, Any], flow: Flow
) -> Iterator[tuple[str, Code]]:
    """What is wrong with the variables that *verb* sets, given the arguments *named*."""
    for name, type in _assigned(verb, named):
        declared = flow.declared.get(name)
        if declared is None:
            if flow.variables is not None and name != LANGUAGE:
                yield undeclared(name, flow.declared), Code.UNKNOWN_VARIABLE
        elif type and not {type, declared.type} <= {"number", "currency"} and type != declared.type:
            yield f"{name} is declared as {declared.type}; this gives {type}", Code.WRONG_TYPE
    if verb.name == "set":
        for name, expression in named["values"].items():
            wrong = _wrong_constant(name, expression, flow)
            if wrong:
                yield wrong, Code.WRONG_TYPE


def _assigned(verb: Verb, named: Mapping[str, Any]) -> Iterator[tuple[str, VariableType | None]]:
    """The variables that *verb* sets, with the type of each, where it can be told."""
    for parameter, hint in signature_of(verb.run).hints.items():
        if Kind("variable") in getattr(hint, "__metadata__", ()) and named.get(parameter):
            given = named[parameter]
            for name in [given] if isinstance(given, str) else given:
                yield name, _given(verb, named)
    pairs = _PAIRS.get(verb.name)
    for name in named.get(pairs, ()) if pairs else ():
        yield name, _given(verb, named)


def _given(verb: Verb, named: Mapping[str, Any]) -> VariableType | None:
    """The type of what *verb* puts into its variables, where it can be told."""
    match verb.name:
        case "collect" | "http" | "sql" | "python" if named.get("sensitive"):
            return "secret"
        case "collect":
            return _COLLECTED.get(named.get("type", "digits"))
        case "remember":
            return "number"
    return None


def _wrong_language(value: Value) -> str:
    if value == "" or is_language(value):
        return ""
    found = repr(value) if isinstance(value, str) else kind_of(value)
    return f"language is {found}; expected one such as 'de' or 'pt-BR'"


def _wrong_constant(name: str, expression: str, flow: Flow) -> str:
    declared = flow.declared.get(name)
    if mentions.names_in(expression) or (declared is None and name != LANGUAGE):
        return ""
    try:
        value = templates.evaluate(expression, {})
    except FlowError as error:
        return f"{name}: {error}"
    if declared is None:
        return _wrong_language(value)
    wrong = declared.wrong(value)
    return f"{name} is declared as {declared.type}; this {wrong}" if wrong else ""

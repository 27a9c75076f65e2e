"""The top of a flow file: what it is called, where it starts, and how it can be called."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from yaml.nodes import MappingNode, Node, ScalarNode

from ..engine import templates
from ..engine.codes import Code
from ..engine.errors import FlowError
from ..engine.flow import RESERVED, Flow
from ..engine.names import is_language, wrong_name
from ..engine.variables import Variable, variable_of
from .bind import HINTS
from .convert import Context, convert, variable_name
from .source import Bad, Field, Source, Wrong, is_empty, missing

LANGUAGE_VERSION = "1"
HANDLERS = ("handlers", "on_error", "operator", "on_hang_up")
TEXTS = ("flow", "start", "language", "description")
SHARED = (
    *("include", "verbs", "variables", "handlers", "on_error", "operator", "on_hang_up"),
    *("templates", "universal", "top", "states"),
)
TOP = (
    *("ivr", *TEXTS, "languages", "zone", "arguments", "outcomes", "returns"),
    *("dead_air", "max_duration"),
    *SHARED,
)
INCLUDED = ("ivr", "description", *SHARED)
_VARIABLE = ("type", "default", "description")


def read_top(source: Source, root: Node) -> dict[str, Field]:
    """The keys of a flow file.  Raises `Bad` where it is none that can be read."""
    top = source.fields(root, "a flow: ivr, flow, start, states")
    if not top.keys() & {"ivr", "flow", "start", "states"}:
        wrong = "this is no flow; a flow begins with ivr: 1, and has start and states"
        raise Bad(root, wrong, Code.NOT_A_FLOW)
    _check_version(source, top)
    for name, part in top.items():
        if name not in TOP:
            source.unknown(part.key, "key", name, TOP, Code.UNKNOWN_KEY)
    needed = ("ivr", "flow", "start") if "include" in top else ("ivr", "flow", "start", "states")
    for name in missing(needed, top, TOP):
        what = "ivr: 1, the version of the language" if name == "ivr" else name
        source.fault(root, f"the flow lacks {what}", Code.MISSING_KEY)
    return top


def read_included_top(source: Source, root: Node) -> dict[str, Field]:
    """The keys of a file that flows include.  Raises `Bad`."""
    top = source.fields(root, "ivr: 1, and what flows share: states, templates, handlers")
    _check_version(source, top)
    for name, part in top.items():
        if name in TOP and name not in INCLUDED:
            wrong = f"a file that is included has no {name}; that is the flow's"
            source.fault(part.key, wrong, Code.NOT_IN_AN_INCLUDE)
        elif name not in INCLUDED:
            source.unknown(part.key, "key", name, INCLUDED, Code.UNKNOWN_KEY)
    if missing(("ivr",), top, INCLUDED):
        wrong = "the file lacks ivr: 1, the version of the language"
        source.fault(root, wrong, Code.MISSING_KEY)
    return top


def _check_version(source: Source, top: dict[str, Field]) -> None:
    version = read_text(source, top["ivr"]) if "ivr" in top else LANGUAGE_VERSION
    if version is not None and version != LANGUAGE_VERSION:
        wrong = f"this program reads ivr: 1, not ivr: {version}"
        raise Bad(top["ivr"].value, wrong, Code.WRONG_VERSION)


def read_text(source: Source, part: Field) -> str | None:
    """The text of *part*; None where there is none, which is noted."""
    try:
        return source.text(part.value)
    except Bad as bad:
        source.note(bad)
        return None


def make_flow(source: Source, root: Node, top: dict[str, Field]) -> Flow:
    """The flow that *top* declares, without its states."""
    texts = {name: read_text(source, top[name]) for name in TEXTS if name in top}
    start, name = top.get("start"), texts.get("flow")
    wrong = wrong_name(name, "flow") if name is not None else ""
    if wrong:
        source.fault(top["flow"].value, wrong, Code.BAD_NAME)
    flow = Flow(
        "flow" if name is None or wrong else name,
        start=texts.get("start") or "",
        language=texts.get("language") or "",
        place=source.place(start.value if start else root),
    )
    if "languages" in top:
        flow.languages = _languages(source, top["languages"])
    if "zone" in top:
        flow.zone = _zone(source, top["zone"])
    if "outcomes" in top:
        flow.outcomes = _outcomes(source, top["outcomes"])
    if "arguments" in top:
        flow.arguments = _variables(source, top["arguments"], ("flow", "into"))
    if "returns" in top:
        flow.returns = _returns(source, top["returns"])
    return flow


def _zone(source: Source, part: Field) -> ZoneInfo | None:
    try:
        return cast(ZoneInfo, convert(ZoneInfo, part.value, Context(source)))
    except Bad as bad:
        source.note(bad)
        return None


def _languages(source: Source, part: Field) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for node in source.items(part.value):
        try:
            language = source.text(node, "a language, such as de")
            if not is_language(language):
                wrong = f"{language!r} is no language; expected a tag such as en, de or pt-BR"
                raise Bad(node, wrong, Code.BAD_VALUE)
            if language in found:
                raise Bad(node, f"{language} is given twice", Code.GIVEN_TWICE)
            found[language] = None
        except Bad as bad:
            source.note(bad, "languages")
    return tuple(found)


def read_variables(source: Source, top: dict[str, Field], flow: Flow) -> None:
    """Add the variables that a file declares to *flow*."""
    if "variables" in top:
        taken = (*flow.arguments, *(flow.variables or {}))
        found = _variables(source, top["variables"], taken)
        flow.variables = {**(flow.variables or {}), **found}


def _outcomes(source: Source, part: Field) -> tuple[str, ...]:
    """``[yes, no]``, or ``{yes: what it means}``."""
    if isinstance(part.value, MappingNode):
        named = [field.key for field in source.fields(part.value, "outcomes").values()]
    else:
        named = source.items(part.value)
    found: list[str] = []
    for node in named:
        try:
            name = source.text(node, "the name of an outcome")
        except Bad as bad:
            source.note(bad)
            continue
        if name in RESERVED:
            wrong = f"{name!r} is where calls end; choose another name"
            source.fault(node, wrong, Code.RESERVED_NAME)
        elif name in found:
            source.fault(node, f"outcomes: {name} is given twice", Code.GIVEN_TWICE)
        else:
            found.append(name)
    return tuple(found)


def _returns(source: Source, part: Field) -> dict[str, str]:
    found = {}
    try:
        for name, field in source.fields(part.value, "value: expression pairs").items():
            found[name] = source.text(field.value, "an expression")
            templates.check_expression(found[name])
    except FlowError as error:
        source.fault(field.value, f"returns: {error}", Code.BAD_EXPRESSION)
    except Bad as bad:
        source.note(bad, "returns")
    return found


def _variables(source: Source, part: Field, taken: tuple[str, ...]) -> dict[str, Variable]:
    """``name: type``, ``name: value``, or ``name: {type: …, default: …, description: …}``."""
    found = {}
    try:
        fields = source.fields(part.value, "name: type pairs, such as question: text")
    except Bad as bad:
        source.note(bad)
        return {}
    for name, field in fields.items():
        try:
            variable_name(name)
            if name in taken:
                raise Wrong(f"{name!r} is taken; choose another name", Code.RESERVED_NAME)
            variable = _variable(source, field.value)
            if variable is not None:
                found[name] = variable
        except Wrong as wrong:
            source.fault(field.key, str(wrong), wrong.code)
        except Bad as bad:
            source.note(bad, name)
    return found


def _variable(source: Source, node: Node) -> Variable | None:
    """None where its type is misspelt, which is noted."""
    if isinstance(node, ScalarNode):
        text = source.text(node, "a type, or the value at first")
        return Variable("text", text) if node.style else _of(node, _value(text))
    fields = source.fields(node, "a type, or the value at first")
    for key, field in fields.items():
        if key not in _VARIABLE:
            source.unknown(field.key, "key", key, _VARIABLE, Code.UNKNOWN_KEY)
    if "type" not in fields:
        if missing(("type",), fields, _VARIABLE):
            raise Bad(node, "expected type, such as type: text", Code.MISSING_KEY)
        return None
    type = _of(fields["type"].value, source.text(fields["type"].value, "a type"))
    words = source.text(fields["description"].value) if "description" in fields else ""
    if "default" not in fields or is_empty(fields["default"].value):
        return Variable(type.type, None, words)
    given = fields["default"].value
    if type.type in HINTS:
        return Variable(type.type, convert(HINTS[type.type], given, Context(source)), words)
    value = type.literal(source.text(given))
    if value is None:
        wrong = f"{given.value!r} cannot be the default of {type.type}"
        raise Bad(given, wrong, Code.WRONG_TYPE)
    return Variable(type.type, value, words)


def _of(node: Node, given: object) -> Variable:
    try:
        return variable_of(given)
    except FlowError as error:
        hint = "; a text to begin with goes in quotes" if isinstance(given, str) else ""
        raise Bad(node, f"{error}{hint}", Code.UNKNOWN_VALUE) from None


def _value(text: str) -> object:
    for type in ("number", "yes/no"):
        value = variable_of(type).literal(text)
        if value is not None:
            return value
    return text

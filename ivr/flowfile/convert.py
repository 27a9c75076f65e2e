"""Turn the text of a flow file into what a verb's annotations ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..engine import mentions, templates
from ..engine.answers import check_path
from ..engine.choices import Choices
from ..engine.codes import Code
from ..engine.digits import KEYS, pattern
from ..engine.effects import Prompt
from ..engine.errors import FlowError
from ..engine.flow import Flow, Place
from ..engine.headers import check_header
from ..engine.house import Means
from ..engine.key_patterns import key_patterns
from ..engine.names import BUILTIN_NAMES
from ..engine.schedule import Closures, Days, Hours, Special
from ..engine.statuses import read_status
from ..engine.urls import check_url
from ..engine.validators import Validators
from ..engine.verb import DATA, OR_NONE, SCHEDULE, Kind, Pairs, Range
from .choices import read_choices
from .means import check_name, check_secrets
from .pairs import read_pairs
from .prompts import check_plurals, read_prompt
from .schedules import read_closures, read_hours, read_name, read_special
from .source import Bad, Source, Wrong, suggest
from .times import seconds, zone
from .validators import read_validators

_TRUTH = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_LITERALS = {"yes": True, "true": True, "no": False, "false": False, "null": None, "~": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_ADDRESS = re.compile(r"(sips?|tel):\S+")
_Q = re.compile(r"(;q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?))?")  # RFC 3261 25.1


@dataclass(frozen=True, slots=True)
class Context:
    """What values are read with: the file, the prompts and schedules there are (None: not known).

    `flow` finds one that is called; `uses` is told of the variables in texts and expressions;
    `name`: what the value being read is for; `languages`: those that texts are heard in; `means`:
    what the settings have (None: not known); `word_places` is told where the words of choices
    stand.
    """

    source: Source
    prompts: Collection[str] | None = None
    flow: Callable[[str], Flow | None] | None = None
    uses: Callable[[Node, Collection[str]], None] = lambda node, names: None
    name: str = ""
    schedules: Collection[str] | None = None
    languages: tuple[str, ...] = ()
    means: Means | None = None
    word_places: dict[str, Place] = field(default_factory=dict)

    def named(self, name: str) -> Context:
        return replace(self, name=name)

    def note(self, bad: Bad) -> None:
        self.source.note(bad, self.name)


def convert(kind: Any, node: Node, context: Context, metadata: tuple[Any, ...] = ()) -> Any:
    """The value of *node* as *kind*, an annotation.  Raises `Bad`."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return convert(args[0], node, context, (*args[1:], *metadata))
    if DATA in metadata:
        return _data(kind, node, context)
    if kind in _STRUCTURES:
        return _STRUCTURES[kind](node, context)
    if origin in (Union, UnionType) and not _is_named(metadata):
        (inner,) = (arg for arg in args if arg is not NoneType)
        return convert(inner, node, context, metadata)
    if origin is tuple:
        return _tuple(args[0], node, context, metadata)
    if kind is str and SCHEDULE in metadata:
        return read_name(node, context)
    if origin is Mapping:
        return _mapping(args[0], args[1], node, context)
    return _convert_text(kind, node, context, metadata)


def _convert_text(kind: Any, node: Node, context: Context, metadata: tuple[Any, ...]) -> Any:
    text = context.source.text(node)
    try:
        value = _scalar(kind, text, metadata)
    except Wrong as wrong:
        raise Bad(node, str(wrong), wrong.code) from None
    except (ValueError, FlowError) as error:
        named = _name_of(metadata)
        raise Bad(node, str(error), _CODES.get(named or kind, Code.BAD_VALUE)) from None
    _tell_names(node, text, metadata, context)
    return value


def _tell_names(node: Node, text: str, metadata: tuple[Any, ...], context: Context) -> None:
    kinds = {entry.name for entry in metadata if isinstance(entry, Kind)}
    if "expression" in kinds:
        context.uses(node, mentions.names_in(text))
        check_secrets(node, mentions.secrets_in(text), context)
    elif kinds & {"text", "address", "contact", "secret text", "url"}:
        context.uses(node, mentions.names_in_text(text))
        check_secrets(node, mentions.secrets_in_text(text), context)
        check_plurals(node, text, context.languages)
    check_name(node, text, kinds, context)


def _tuple(kind: Any, node: Node, context: Context, metadata: tuple[Any, ...]) -> tuple[Any, ...]:
    if OR_NONE not in metadata:
        return items(kind, node, context, metadata)
    if isinstance(node, ScalarNode) and node.value == "none":
        return ()
    if not context.source.items(node):
        raise Bad(node, "expected at least one, or none", Code.EMPTY_VALUE)
    return items(kind, node, context, metadata)


def items(
    kind: Any, node: Node, context: Context, metadata: tuple[Any, ...] = ()
) -> tuple[Any, ...]:
    """Every item of *node* as *kind*; notes what is wrong with each of them."""
    values = []
    for item in context.source.items(node):
        try:
            values.append(convert(kind, item, context, metadata))
        except Bad as bad:
            context.note(bad)
    return tuple(values)


def _name_of(metadata: tuple[Any, ...]) -> str:
    """That of the kind of text, where there is one."""
    named = (entry.name for entry in metadata if isinstance(entry, Kind))
    return next((name for name in named if name in _KINDS), "")


def _is_named(metadata: tuple[Any, ...]) -> bool:
    return _name_of(metadata) != ""


def _scalar(kind: Any, text: str, metadata: tuple[Any, ...]) -> Any:
    named = _name_of(metadata)
    if named:
        value = _KINDS[named](text)
    elif get_origin(kind) is Literal:
        if text not in get_args(kind):
            wrong = f"unknown value {text!r}; {suggest(text, get_args(kind))}"
            raise Wrong(wrong, Code.UNKNOWN_VALUE)
        value = text
    elif hasattr(kind, "parse"):
        value = kind.parse(text)
    else:
        value = _PLAIN[kind](text)
    limits = limits_of(metadata)
    if limits and not limits.least <= value <= limits.most:
        wrong = f"{text} is out of range; expected {limits.least:g} to {limits.most:g}"
        raise Wrong(wrong, Code.OUT_OF_RANGE)
    return value


def limits_of(metadata: tuple[Any, ...]) -> Range | None:
    """What all ranges of an annotation leave; None where there is none."""
    limits = [entry for entry in metadata if isinstance(entry, Range)]
    if not limits:
        return None
    return Range(max(r.least for r in limits), min(r.most for r in limits))


def _keys(text: str) -> str:
    if text == "none":
        return ""
    wrong = next((sign for sign in text if sign not in KEYS), None)
    if wrong is not None:
        raise ValueError(f"{wrong!r} is no key; expected some of {KEYS}, or none")
    return text


def _checked(check: Callable[[str], None]) -> Callable[[str], str]:
    def convert_text(text: str) -> str:
        check(text)
        return text

    return convert_text


def variable_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        wrong = f"{text!r} is no name; expected letters, digits and _, such as account_no"
        raise Wrong(wrong, Code.BAD_NAME)
    if text in BUILTIN_NAMES:
        wrong = f"{text!r} is set by every call; choose another name"
        raise Wrong(wrong, Code.RESERVED_NAME)
    return text


def _address(text: str) -> str:
    templates.check_text(text)
    if not _ADDRESS.fullmatch(re.sub(r"\{\{.*?\}\}", "x", text)):
        raise ValueError(f"{text!r} is no address; expected such as sip:601@pbx.example")
    return text


def _contact(text: str) -> str:
    bare, angle, q = text.removeprefix("<").partition(">")
    if bool(angle) != text.startswith("<") or not _Q.fullmatch(q):
        raise ValueError(f"{text!r} is no contact; expected such as <sip:601@pbx.example>;q=0.7")
    _address(bare)
    return text


def _pattern(check: Callable[[str], object]) -> Callable[[str], str]:
    """A text that *check* accepts, or one with ``{{ … }}`` that becomes one."""

    def convert_text(text: str) -> str:
        if "{" in text:
            templates.check_text(text)
        else:
            check(text)
        return text

    return convert_text


def _url(text: str) -> str:
    templates.check_text(text)
    check_url(text)
    return text


def _function(text: str) -> str:
    if not _FUNCTION.fullmatch(text):
        raise ValueError(f"{text!r} is no function; expected module:function, as tariffs:price")
    return text


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise ValueError(f"{text!r} is neither yes nor no")
    return _TRUTH[text.lower()]


def _number(kind: type[int] | type[float]) -> Callable[[str], float]:
    def convert_number(text: str) -> float:
        if not re.fullmatch(r"-?[0-9]{1,9}" + ("" if kind is int else r"(\.[0-9]{1,9})?"), text):
            what = "a whole number" if kind is int else "a number"
            raise ValueError(f"{text!r} is not {what}")
        return kind(text)

    return convert_number


def _status(text: str) -> int | str:
    try:
        return read_status(text)
    except ValueError as error:
        code = Code.OUT_OF_RANGE if text.isdecimal() else Code.UNKNOWN_VALUE
        raise Wrong(str(error), code) from None


_KINDS: dict[str, Callable[[str], Any]] = {
    "seconds": seconds,
    "keys": _keys,
    "text": _checked(templates.check_text),
    "expression": _checked(templates.check_expression),
    "variable": variable_name,
    "address": _address,
    "contact": _contact,
    "dial pattern": _pattern(pattern),
    "key pattern": _pattern(key_patterns),
    "secret text": _checked(templates.check_text),
    "url": _url,
    "path": _checked(check_path),
    "function": _function,
    "status": _status,
    "header": _checked(check_header),
}
# The code of what cannot be read, by the kind of text or by type.
_CODES: Mapping[Any, Code] = {
    "seconds": Code.BAD_TIME,
    "text": Code.BAD_TEMPLATE,
    "secret text": Code.BAD_TEMPLATE,
    "expression": Code.BAD_EXPRESSION,
    "address": Code.BAD_ADDRESS,
    "contact": Code.BAD_ADDRESS,
    "dial pattern": Code.BAD_PATTERN,
    Days: Code.BAD_HOURS,
}
_PLAIN: dict[Any, Callable[[str], Any]] = {
    str: str,
    bool: _truth,
    int: _number(int),
    float: _number(float),
    ZoneInfo: zone,
}


def _flow(node: Node, context: Context) -> Flow | None:
    """``yes_no.yaml``, beside the file that calls it, or ``library/yes_no``; None: it cannot be
    read, which is told in its own file."""
    name = context.source.text(node, "a flow file, such as yes_no.yaml")
    assert context.flow is not None  # only flows call flows
    try:
        return context.flow(name)
    except FlowError as error:
        raise Bad(node, str(error), Code.MISSING_FILE) from None


def _plain(node: Node, context: Context) -> Any:
    """As YAML reads it, with ``{{ … }}`` in its texts."""
    return _tree(node, context, _template)


def _data(kind: Any, node: Node, context: Context) -> Any:
    with context.source.as_data():
        if kind is Any:
            return _tree(node, context, lambda node, text, context: None)
        return convert(kind, node, context)


def _tree(node: Node, context: Context, check: Callable[[Node, str, Context], None]) -> Any:
    """``12`` is a number, ``"12"`` a text, ``{a: [1]}`` pairs and lists; *check* is for texts."""
    source = context.source
    if isinstance(node, SequenceNode):
        return [_tree(item, context, check) for item in node.value]
    if isinstance(node, MappingNode):
        fields = source.fields(node, "key: value pairs")
        return {name: _tree(field.value, context, check) for name, field in fields.items()}
    text = source.text(node)
    if isinstance(node, ScalarNode) and node.style is None:
        if text in _LITERALS:
            return _LITERALS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
    check(node, text, context)
    return text


def _template(node: Node, text: str, context: Context) -> None:
    try:
        templates.check_text(text)
    except FlowError as error:
        raise Bad(node, str(error), Code.BAD_TEMPLATE) from None
    context.uses(node, mentions.names_in_text(text))
    check_secrets(node, mentions.secrets_in_text(text), context)


def _mapping(names: Any, values: Any, node: Node, context: Context) -> dict[str, Any]:
    """Pairs; notes what is wrong with each of them."""
    found: dict[str, Any] = {}
    for name, part in context.source.fields(node, "key: value pairs").items():
        try:
            convert(names, part.key, context)
            found[name] = convert(values, part.value, context)
        except Bad as bad:
            context.note(bad)
    return found


_STRUCTURES: dict[Any, Callable[[Node, Context], Any]] = {
    Choices: read_choices,
    Hours: read_hours,
    Special: read_special,
    Closures: read_closures,
    Pairs: read_pairs,
    Validators: read_validators,
    Flow: _flow,
    Prompt: read_prompt,
    Any: _plain,
}

"""Turn the text of a flow file into what a verb's annotations ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

from yaml.nodes import MappingNode, Node

from ..engine import templates
from ..engine.choices import RESERVED, Choices
from ..engine.digits import KEYS, pattern
from ..engine.effects import Prompt, Text
from ..engine.errors import FlowError
from ..engine.schedule import Hours, Span
from ..engine.verb import Kind, Range
from .source import Bad, Source, suggest

_TRUTH = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_UNITS = {"": 1.0, "s": 1.0, "ms": 0.001, "min": 60.0, "m": 60.0, "h": 3600.0}
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ADDRESS = re.compile(r"(sips?|tel):\S+")
BUILTIN_NAMES = ("caller", "dialled")


@dataclass(frozen=True, slots=True)
class Context:
    """What values are read with: the file, and the prompts there are (None: not known)."""

    source: Source
    prompts: Collection[str] | None = None


def convert(kind: Any, node: Node, context: Context, metadata: tuple[Any, ...] = ()) -> Any:
    """The value of *node* as *kind*, an annotation.  Raises `Bad`."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return convert(args[0], node, context, (*args[1:], *metadata))
    if kind == Prompt:
        return _prompt(node, context)
    if origin in (Union, UnionType):
        (inner,) = (arg for arg in args if arg is not NoneType)
        return convert(inner, node, context, metadata)
    if origin is tuple:
        items = context.source.items(node, "a list")
        return tuple(convert(args[0], item, context, metadata) for item in items)
    if origin is Mapping or kind is Choices or kind is Hours:
        return _STRUCTURES[origin or kind](node, context)
    text = context.source.text(node)
    try:
        return _scalar(kind, text, metadata)
    except (ValueError, FlowError) as error:
        raise Bad(node, str(error)) from None


def _scalar(kind: Any, text: str, metadata: tuple[Any, ...]) -> Any:
    named = next((entry.name for entry in metadata if isinstance(entry, Kind)), "")
    if named:
        value = _KINDS[named](text)
    elif get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ValueError(f"unknown value {text!r}; {suggest(text, get_args(kind))}")
        value = text
    elif hasattr(kind, "parse"):
        value = kind.parse(text)
    else:
        value = _PLAIN[kind](text)
    limits = [entry for entry in metadata if isinstance(entry, Range)]
    least, most = (
        max((r.least for r in limits), default=0),
        min((r.most for r in limits), default=0),
    )
    if limits and not least <= value <= most:
        raise ValueError(f"{text} is out of range; expected {least:g} to {most:g}")
    return value


def seconds(text: str) -> float:
    """``5``, ``0.5``, ``300 ms``, ``5 s``, ``2 min``, ``1 h``.  Raises ValueError."""
    found = _SECONDS.fullmatch(text.strip())
    if not found or found[2] not in _UNITS:
        raise ValueError(f"{text!r} is no time; expected such as 5, 0.5 s, 300 ms, 2 min")
    return float(found[1]) * _UNITS[found[2]]


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


def _variable(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name; expected letters, digits and _, such as account_no")
    if text in BUILTIN_NAMES:
        raise ValueError(f"{text!r} is set by every call; choose another name")
    return text


def _address(text: str) -> str:
    templates.check_text(text)
    if not _ADDRESS.fullmatch(re.sub(r"\{\{.*?\}\}", "x", text)):
        raise ValueError(f"{text!r} is no address; expected such as sip:601@pbx.example")
    return text


def _dial_pattern(text: str) -> str:
    pattern(text)
    return text


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise ValueError(f"{text!r} is neither yes nor no")
    return _TRUTH[text.lower()]


def _number(kind: type[int] | type[float]) -> Callable[[str], float]:
    def convert_number(text: str) -> float:
        if not re.fullmatch(r"-?\d+" if kind is int else r"-?\d+(\.\d+)?", text):
            what = "a whole number" if kind is int else "a number"
            raise ValueError(f"{text!r} is not {what}")
        return kind(text)

    return convert_number


def _zone(text: str) -> ZoneInfo:
    zones = available_timezones()
    if text not in zones:
        raise ValueError(f"unknown time zone {text!r}; {_zone_hint(text, sorted(zones))}")
    return ZoneInfo(text)


def _zone_hint(text: str, zones: list[str]) -> str:
    hint = suggest(text, zones)
    return hint if hint.startswith("did") else "expected such as Europe/Berlin"


_KINDS: dict[str, Callable[[str], Any]] = {
    "seconds": seconds,
    "keys": _keys,
    "text": _checked(templates.check_text),
    "expression": _checked(templates.check_expression),
    "variable": _variable,
    "address": _address,
    "dial pattern": _dial_pattern,
}
_PLAIN: dict[Any, Callable[[str], Any]] = {
    str: str,
    bool: _truth,
    int: _number(int),
    float: _number(float),
    ZoneInfo: _zone,
}


def _prompt(node: Node, context: Context) -> Prompt:
    """``welcome`` names a prompt, ``{text: words}`` is spoken."""
    source = context.source
    if isinstance(node, MappingNode):
        fields = source.fields(node, "a prompt")
        for name in fields.keys() - {"text"}:
            raise Bad(fields[name].key, f"unknown key {name!r}; expected a prompt or text: words")
        if not fields:
            raise Bad(node, "expected a prompt's name, or text: words")
        words = fields["text"].value
        try:
            templates.check_text(source.text(words, "words"))
        except FlowError as error:
            raise Bad(words, str(error)) from None
        return Text(source.text(words))
    name = source.text(node, "a prompt's name")
    if " " in name or "{" in name:
        raise Bad(node, f"{name!r} is no prompt's name; for words to be spoken: {{text: …}}")
    if context.prompts is not None and name not in context.prompts:
        known = sorted(context.prompts)
        raise Bad(node, f"unknown prompt {name!r}; {suggest(name, known)}")
    return name


def _choices(node: Node, context: Context) -> Choices:
    """``sales: [1, sales, new order]``, with the place of a key that means two choices."""
    source = context.source
    table: dict[str, list[str]] = {}
    for name, field in source.fields(node, "choices, such as sales: [1, sales]").items():
        if name in RESERVED:
            raise Bad(field.key, f"a choice cannot be called {name!r}: that is an outcome of ask")
        table[name] = []
        for way in source.items(field.value, "keys and words"):
            table[name].append(source.text(way, "a key or a word"))
            try:
                Choices(table)
            except ValueError as error:
                table[name].pop()
                source.fault(way, str(error))
    if not table:
        raise Bad(node, "expected at least one choice, such as sales: [1, sales]")
    return Choices(table)


def _hours(node: Node, context: Context) -> Hours:
    spans: list[Span] = []
    for item in context.source.items(node, "hours"):
        try:
            spans += Hours.parse(context.source.text(item, "hours such as Mon-Fri 09:00-17:30"))
        except ValueError as error:
            raise Bad(item, str(error)) from None
    return Hours(spans)


def _mapping(node: Node, context: Context) -> dict[str, str]:
    fields = context.source.fields(node, "key: value pairs")
    return {name: context.source.text(field.value) for name, field in fields.items()}


_STRUCTURES: dict[Any, Callable[[Node, Context], Any]] = {
    Choices: _choices,
    Hours: _hours,
    Mapping: _mapping,
}

"""What a flow says to its verbs, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ..engine.choices import Choice, Choices
from ..engine.effects import File, Prompt, Signal, Tone
from ..engine.flow import Flow
from ..engine.schedule.spans import Span, Times
from ..engine.state import Act
from ..flowfile.bind import signature_of
from ..testing.transcript import named

NOTHING = ""  # and not "none", which some verbs are told
_ONE_DIGIT = re.compile(r"(?<!\d)(?=\d:)")


def words(value: Any) -> str:
    """*value*, an argument of a verb, about as a flow file has it."""
    match value:
        case None | () | "":
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case Choice():
            return words((*value.keys, *value.words))
        case Choices():
            return words(value.table)
        case Flow():
            return value.name
        case Span() | Times():
            return _ONE_DIGIT.sub("0", value.text)  # 9:00 is 09:00
        case Mapping():
            return "; ".join(f"{name}: {words(each) or 'none'}" for name, each in value.items())
        case tuple() | list() | set() | frozenset():
            return ", ".join(map(words, value))
    return _sound(value) if isinstance(value, Prompt) else _written(value)


def _written(value: Any) -> str:
    """What has its text, as its author wrote it; what has parts, part by part."""
    if isinstance(text := getattr(value, "text", None), str):
        return text
    if is_dataclass(value):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        return words({name: part for name, part in parts.items() if part not in (None, (), "")})
    return str(value)


def _sound(prompt: Prompt) -> str:
    match prompt:
        case Tone(frequency, seconds):
            return f"tone of {frequency} Hz for {seconds:g} s"
        case Signal(name, seconds, country):
            length = f" for {seconds:g} s" if seconds else ""
            return f"{country} {name} tone{length}".lstrip()
        case File(path):
            return path
    return named(prompt)


def brief(act: Act) -> str:
    """A verb, and what it is about: ``transfer sip:601@pbx.example``."""
    about = _about(act)
    return f"{act.verb.name} {about}".rstrip()


def _about(act: Act) -> str:
    """The first argument that a flow file may leave the name of."""
    signature = signature_of(act.verb.run)
    first = signature.rest or next(iter(signature.parameters.values()), None)
    if first is None or first.kind is first.VAR_KEYWORD:
        return ""
    try:
        value = act.arguments.get(first.name, ())
    except KeyError:
        return ""
    if act.verb.name == "schedule":
        value = value or act.arguments.get("open", ())
    return words(value)

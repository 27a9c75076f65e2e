"""What can be given to a verb, as parts of a JSON Schema."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from math import isinf
from types import MappingProxyType, NoneType
from typing import Any, Literal, get_args, get_origin

from ..engine.choices import Choices
from ..engine.effects import Prompt
from ..engine.names import BUILTIN_NAMES
from ..engine.schedule import Hours, Special
from ..engine.statuses import LEAST, MOST, REFUSALS
from ..engine.validators import Validators
from ..engine.verb import OR_NONE, Doc, Kind, Pairs, Prompts
from .bind import Signature, is_switch, nested_in, signature_of
from .convert import limits_of
from .prompts import WAYS

Schema = dict[str, Any]
NO_WORDS: Mapping[str, str] = MappingProxyType({})

# What a flow file says is text; what an editor's YAML makes of it may be a number or a truth.
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
NAME: Schema = {"type": ["string", "boolean"], "pattern": "^[A-Za-z][A-Za-z0-9_]*$"}
VARIABLE: Schema = {**NAME, "not": {"enum": list(BUILTIN_NAMES)}}
_SWITCH: Schema = {"$ref": "#/$defs/truth"}
SECONDS: Schema = {
    "type": ["number", "string"],
    "pattern": r"^\s*[0-9]{1,9}(\.[0-9]{1,9})?\s*(s|ms|min|m|h|d)?\s*$",
}
_ADDRESS = "(sips?|tel):"
_TRUTH: Schema = {
    "anyOf": [
        {"enum": [True, False, "yes", "no", "on", "off"]},
        {"type": "string", "pattern": "^([Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff])$"},
        {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"},
    ]
}
_STATUS: Schema = {
    "anyOf": [
        {"enum": list(REFUSALS)},
        {"type": "integer", "minimum": LEAST, "maximum": MOST},
        {"type": "string", "pattern": "^[4-6][0-9]{2}$"},
    ]
}
_KINDS: Mapping[str, Schema] = {
    "seconds": {"$ref": "#/$defs/seconds"},
    "keys": {
        "type": ["string", "integer"],
        "pattern": r"^([0-9*#A-D]*|none)$",
        "minimum": 0,
    },
    "variable": {"$ref": "#/$defs/variable"},
    "address": {"type": "string", "pattern": f"^{_ADDRESS}"},
    "contact": {"type": "string", "pattern": f"^<?{_ADDRESS}"},
    "url": {"type": "string", "pattern": "^https?://"},
    "function": {"type": "string", "pattern": r"^[^\s:]+:[^\s:]+$"},
    "header": {"type": "string", "pattern": r"^\S+$"},
    "status": {"$ref": "#/$defs/status"},
    "plain": {},
}
_PLAIN: Mapping[Any, Schema] = {
    bool: {"$ref": "#/$defs/truth"},
    int: {"type": ["integer", "string"], "pattern": "^-?[0-9]{1,9}$"},
    float: {"type": ["number", "string"], "pattern": r"^-?[0-9]{1,9}(\.[0-9]{1,9})?$"},
}
_WAYS: Mapping[str, Schema] = {
    "text": {**SCALAR, "description": "words to be spoken"},
    "file": {
        "type": "string",
        "pattern": r"\.[Ww][Aa][Vv]$",
        "description": "a WAV file, seen from the folder of this one",
    },
    "url": {**_KINDS["url"], "description": "address of a WAV file"},
    "tone": {**SCALAR, "description": "such as 440 Hz for 1 s, beep, busy, us ringback for 6 s"},
    "silence": {**SCALAR, "description": "how long, such as 500 ms"},
    "recording": {**SCALAR, "description": "what record gave, such as {{ recording }}"},
    "argument": {**SCALAR, "description": "the prompts that the flow was given as this argument"},
}
PROMPT: Schema = {
    "description": "a prompt's name, or words to be spoken, a file, a tone, silence",
    "anyOf": [
        # No signs of ASCII but `_`, and behind the first one `-` and `.`.
        {**SCALAR, "pattern": r"^[^\x00-/:-@\[-^`{-\x7f][^\x00-,/:-@\[-^`{-\x7f]*$"},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {way: _WAYS[way] for way in WAYS},
        },
    ],
}


VALUES: Schema = {
    "prompt": PROMPT,
    "prompts": {
        "anyOf": [
            {"$ref": "#/$defs/prompt"},
            {"type": "array", "items": {"$ref": "#/$defs/prompt"}},
        ]
    },
    "seconds": SECONDS,
    "status": _STATUS,
    "truth": _TRUTH,
    "variable": VARIABLE,
    **_WAYS,
}
"""What verbs take, as parts that others refer to."""


def or_list(one: Schema, least: int = 0) -> Schema:
    """*one*, or a list of it with at least so many."""
    several: Schema = {"type": "array", "items": one}
    return {"anyOf": [one, {**several, "minItems": least} if least else several]}


def needs(signature: Signature) -> list[str]:
    """The parameters that must be given; pairs only where there is nothing else."""
    return [
        parameter.name
        for parameter in signature.parameters.values()
        if signature.needs(parameter)
        and (parameter is not signature.pairs or len(signature.parameters) == 1)
    ]


def forms(make: Callable[..., Any]) -> list[Schema]:
    """The ways in which what *make* takes can be written: the first of it alone, or pairs."""
    signature = signature_of(make)
    first = signature.rest or next(iter(signature.parameters.values()), None)
    if first is None or first is signature.pairs or not set(needs(signature)) <= {first.name}:
        return [_pairs(signature)]
    # What stands in braces are pairs, whatever the first parameter could be.
    alone = {**_parameter(signature, first), "not": {"type": "object"}}
    return [alone, _pairs(signature)]


def forms_of(
    functions: Mapping[str, Callable[..., Any]], further: Mapping[str, str] = NO_WORDS
) -> Schema:
    """How one of *functions* by name is written, alone or with what it takes; *further* has words
    to go with those of its own."""
    names = sorted(functions)
    alone = [name for name in names if not needs(signature_of(functions[name]))]
    described = {}
    for name in names:
        words = inspect.cleandoc(functions[name].__doc__ or "")
        found = [*forms(functions[name]), *([{"type": "null"}] if name in alone else [])]
        described[name] = {"description": words + further.get(name, ""), "anyOf": found}
    return {
        "anyOf": [
            {"enum": alone},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "properties": described,
            },
        ]
    }


def _pairs(signature: Signature) -> Schema:
    """``{parameter: value, …}``."""
    own = [p for p in signature.parameters.values() if p is not signature.pairs]
    found: Schema = {
        "type": "object",
        "properties": {p.name: _parameter(signature, p) for p in own},
        "additionalProperties": _parameter(signature, signature.pairs)
        if signature.pairs
        else False,
    }
    needed = needs(signature)
    rest = signature.rest.name if signature.rest else ""
    if rest in signature.prompts:
        found["properties"] |= {way: {"$ref": f"#/$defs/{way}"} for way in WAYS}
        one_of = [{"required": [name]} for name in (rest, *WAYS)]
        found["oneOf"] = one_of if rest in needed else [*one_of, {"not": {"anyOf": one_of}}]
        needed = [name for name in needed if name != rest]
    if signature.pairs and not own:
        found["minProperties"] = 1
    elif needed:
        found["required"] = needed
    return found


def _parameter(signature: Signature, parameter: inspect.Parameter) -> Schema:
    hint = signature.hints[parameter.name]
    found = kind(hint)
    if parameter is signature.rest:
        found = or_list(found, 1)
    doc = next((m.text for m in getattr(hint, "__metadata__", ()) if isinstance(m, Doc)), "")
    if doc:
        found = {**found, "description": doc}
    if isinstance(parameter.default, bool | int | float) or (
        isinstance(parameter.default, str) and parameter.default
    ):
        found = {**found, "default": parameter.default}
    return found


def kind(hint: Any, metadata: tuple[Any, ...] = ()) -> Schema:
    """What is asked for by *hint*, an annotation."""
    if hasattr(hint, "__metadata__"):
        return kind(hint.__origin__, (*hint.__metadata__, *metadata))
    structure = _structure(hint, metadata)
    if structure is not None:
        return structure
    named = next((m.name for m in metadata if isinstance(m, Kind) and m.name in _KINDS), "")
    if not named and NoneType in get_args(hint):
        return kind(next(arg for arg in get_args(hint) if arg is not NoneType), metadata)
    found = _KINDS[named] if named else _PLAIN.get(hint, SCALAR)
    limits = limits_of(metadata)
    if limits is None:
        return found
    ends = {"minimum": limits.least, "maximum": limits.most}
    return found | {name: end for name, end in ends.items() if not isinf(end)}


def _structure(hint: Any, metadata: tuple[Any, ...]) -> Schema | None:
    """Lists, pairs, and what is chosen from a list."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in _STRUCTURES and OR_NONE not in metadata:
        return _STRUCTURES[hint]
    if (nested := nested_in(hint)) is not None and hint not in _PLAIN:
        return {"anyOf": [_SWITCH, forms(nested)[-1]] if is_switch(hint) else forms(nested)}
    if origin is Literal:
        # To an editor a key such as 5 is a number.
        return {"enum": [*args, *(int(arg) for arg in args if arg.isdecimal())]}
    if origin is tuple:
        inner = tuple(entry for entry in metadata if entry != OR_NONE)
        return or_list(kind(args[0], inner), 1 if inner != metadata else 0)
    if origin is Mapping:
        return {
            "type": "object",
            "propertyNames": kind(args[0]),
            "additionalProperties": kind(args[1]),
        }
    return None


_STRUCTURES: Mapping[Any, Schema] = {
    Prompt: {"$ref": "#/$defs/prompt"},
    Prompts: {"$ref": "#/$defs/prompts"},
    Validators: or_list({"$ref": "#/$defs/validator"}),
    Choices: {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"not": {"enum": ["no_input", "no_match"]}},
        "additionalProperties": {"$ref": "#/$defs/choice"},
    },
    Hours: or_list(SCALAR),
    Special: {"type": "object", "additionalProperties": or_list(SCALAR)},
    Pairs: {"anyOf": [SCALAR, {"type": "object", "additionalProperties": SCALAR}]},
    Any: {},
}

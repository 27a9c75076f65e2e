"""A JSON Schema of flow files, out of the verbs' own declarations: for editors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from ..engine import verbs as _verbs  # noqa: F401  # declares them
from ..engine.choices import UNIVERSAL, Choices
from ..engine.effects import Prompt
from ..engine.limits import DeadAir, MaxDuration
from ..engine.schedule import Special
from ..engine.statuses import LEAST, MOST, REFUSALS
from ..engine.validators import CHECKS, RANGES, Validators
from ..engine.variables import TYPES
from ..engine.verb import VERBS, Doc, Kind, Pairs, Verb
from .bind import Signature, nested_in, signature_of
from .convert import limits_of
from .prompts import WAYS

Schema = dict[str, Any]

# What a flow file says is text; what an editor's YAML makes of it may be a number or a truth.
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_SECONDS: Schema = {"type": ["number", "string"], "pattern": "^[0-9.]+ *(s|ms|min|m|h|d)?$"}
_CHOICE: Schema = {"$ref": "#/$defs/choice"}
_WAYS = {
    "text": "words to be spoken",
    "file": "a WAV file, seen from the folder of this one",
    "url": "address of a WAV file",
    "tone": "such as 440 Hz for 1 s, beep, busy, us ringback for 6 s",
    "silence": "how long, such as 500 ms",
    "recording": "what record gave, such as {{ recording }}",
    "argument": "the prompts that the flow was given as this argument",
}
_PLAIN: dict[Any, Schema] = {
    bool: {"enum": [True, False, "yes", "no", "on", "off", "true", "false"]},
    int: {"type": ["integer", "string"], "pattern": "^-?[0-9]+$"},
    float: {"type": ["number", "string"], "pattern": "^-?[0-9]"},
}
_ENDS: Schema = {
    "on_error": {**_SCALAR, "description": "the state that follows where something fails"},
    "on_hang_up": {
        "description": "verbs that are done once the call is over",
        "anyOf": [
            {"$ref": "#/$defs/verb"},
            {"type": "array", "items": {"$ref": "#/$defs/verb"}},
        ],
    },
}
_VARIABLES: Schema = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            _SCALAR,
            {
                "type": "object",
                "required": ["type"],
                "additionalProperties": False,
                "properties": {
                    "type": {"enum": list(TYPES)},
                    "default": {},
                    "description": {"type": "string"},
                },
            },
        ]
    },
}


def schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a flow file.

    It helps while typing; whether a flow is right only `load_flow` can tell.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A flow",
        "type": "object",
        "required": ["ivr", "flow", "start"],
        "additionalProperties": False,
        "properties": {
            "ivr": {"enum": [1, "1"], "description": "version of the language"},
            "flow": {**_SCALAR, "description": "name of the flow"},
            "start": {**_SCALAR, "description": "the state that a call begins with"},
            "zone": {**_SCALAR, "description": "its time zone, such as Europe/Berlin"},
            "language": {**_SCALAR, "description": "language of its prompts, such as en"},
            "description": {"type": "string"},
            "arguments": _VARIABLES | {"description": "variables that a calling flow sets"},
            "outcomes": {
                "description": "how it can end, for a flow that calls it",
                "anyOf": [
                    _or_list(_SCALAR),
                    {"type": "object", "additionalProperties": {"type": "string"}},
                ],
            },
            "returns": {
                "type": "object",
                "description": "values for a flow that calls it: expressions",
                "additionalProperties": _SCALAR,
            },
            "variables": _VARIABLES | {"description": "the only ones that there are"},
            "handlers": {
                "type": "object",
                "description": "where outcomes lead that a state leaves out",
                "additionalProperties": {
                    "anyOf": [_SCALAR, {"type": "object", "additionalProperties": _SCALAR}]
                },
            },
            "include": _or_list({**_SCALAR, "description": "further files of the flow"}),
            "verbs": _or_list({**_SCALAR, "description": "Python files with verbs of its own"}),
            "templates": {
                "type": "object",
                "description": "states with parameters: $name in any text",
                "additionalProperties": {"type": "object"},
            },
            "dead_air": _parameters(
                DeadAir.__init__, "what is heard where a flow waits in silence"
            ),
            "max_duration": _parameters(MaxDuration.__init__, "how long a call may last"),
            "operator": {**_SCALAR, "description": "the state that callers go to after an error"},
            **_ENDS,
            "universal": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": False,
                "properties": {name: {"$ref": "#/$defs/choice"} for name in UNIVERSAL},
                "description": "choices that every question of the flow offers",
            },
            "top": {**_SCALAR, "description": "where the choice top leads, if not to the start"},
            "states": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"$ref": "#/$defs/state"},
            },
        },
        "$defs": {
            "state": {
                "anyOf": [
                    {"$ref": "#/$defs/own_state"},
                    {"type": "object", "required": ["template"]},
                ]
            },
            "own_state": {
                "type": "object",
                "required": ["do"],
                "additionalProperties": False,
                "properties": {
                    "do": _or_list({"$ref": "#/$defs/verb"}),
                    "then": {
                        "description": "the state that each outcome leads to; end: the call ends",
                        "anyOf": [_SCALAR, {"type": "object", "additionalProperties": _SCALAR}],
                    },
                    **_ENDS,
                    "description": {"type": "string"},
                },
            },
            "prompt": {
                "description": "a prompt's name, or words to be spoken, a file, a tone, silence",
                "anyOf": [
                    _SCALAR,
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": False,
                        "properties": dict.fromkeys(WAYS, _SCALAR),
                    },
                ],
            },
            "choice": {
                "description": "keys, ranges and patterns of keys, and words, that mean it",
                "anyOf": [
                    _or_list(_SCALAR),
                    {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": False,
                        "properties": {
                            "keys": _or_list(_SCALAR),
                            "words": _or_list(_SCALAR),
                            "say": _SCALAR,
                        },
                    },
                ],
            },
            "validator": {
                "description": "a check digit, a range, or a function that says yes or no",
                "anyOf": [
                    {"enum": [*CHECKS, *RANGES]},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": False,
                        "properties": dict.fromkeys(("from", "to", "zone"), _SCALAR),
                    },
                    {
                        "type": "object",
                        "required": ["python"],
                        "additionalProperties": False,
                        "properties": {"python": _SCALAR, "seconds": _SECONDS},
                    },
                ],
            },
            "verb": {
                "anyOf": [
                    {
                        "enum": [
                            name
                            for name in sorted(VERBS)
                            if not _needs(signature_of(VERBS[name].run))
                        ]
                    },
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": False,
                        "properties": {name: _verb(VERBS[name]) for name in sorted(VERBS)},
                    },
                ]
            },
        },
    }


def _parameters(make: Callable[..., None], words: str) -> Schema:
    """What `bind` reads into *make*."""
    signature = signature_of(make)
    parts = {name: _parameter(signature, p) for name, p in signature.parameters.items()}
    whole = {"type": "object", "additionalProperties": False, "properties": parts}
    return {"description": words, "anyOf": [next(iter(parts.values())), _SCALAR, whole]}


def _verb(verb: Verb) -> Schema:
    words = inspect.cleandoc(verb.run.__doc__ or "")
    return {"description": words, "anyOf": _forms(signature_of(verb.run))}


def _forms(signature: Signature) -> list[Schema]:
    """The ways in which what *signature* takes can be written."""
    properties = {
        name: _parameter(signature, parameter)
        for name, parameter in signature.parameters.items()
        if parameter is not signature.pairs
    }
    needed, forms = _needs(signature), list[Schema]()
    everything: Schema = {"type": "object", "properties": properties}
    if signature.rest and signature.rest.name in signature.prompts:
        properties |= {way: {**_SCALAR, "description": _WAYS[way]} for way in WAYS}
        needed = [name for name in needed if name != signature.rest.name]
    everything["additionalProperties"] = False
    if signature.pairs:
        everything["additionalProperties"] = _parameter(signature, signature.pairs)
    if needed:
        everything["required"] = needed
    if list(signature.parameters.values()) == [signature.pairs]:
        del everything["required"]
        everything["minProperties"] = 1
    else:
        first = signature.rest or next(iter(signature.parameters.values()), None)
        if first is not None and set(_needs(signature)) <= {first.name}:
            forms = [properties[first.name]]
        if not _needs(signature):
            forms.append({"type": "null"})
    return [*forms, everything]


def _needs(signature: Signature) -> list[str]:
    """The parameters that must be given; pairs only where there is nothing else."""
    return [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.default is parameter.empty
        and (parameter is not signature.pairs or len(signature.parameters) == 1)
    ]
    """The parameters that must be given."""
    return [each.name for each in signature.parameters.values() if signature.needs(each)]


def _parameter(signature: Signature, parameter: inspect.Parameter) -> Schema:
    hint = signature.hints[parameter.name]
    found = _kind(hint)
    if parameter is signature.rest:
        found = _or_list(found)
    doc = next((m.text for m in getattr(hint, "__metadata__", ()) if isinstance(m, Doc)), "")
    if doc:
        found = {**found, "description": doc}
    if isinstance(parameter.default, bool | int | float) or (
        isinstance(parameter.default, str) and parameter.default
    ):
        found = {**found, "default": parameter.default}
    return found


def _kind(hint: Any, metadata: tuple[Any, ...] = ()) -> Schema:
    if hasattr(hint, "__metadata__"):
        return _kind(hint.__origin__, (*hint.__metadata__, *metadata))
    if hint == Validators:
        return _or_list({"$ref": "#/$defs/validator"})
    if hint == Prompt:
        return {"$ref": "#/$defs/prompt"}
    if hint == Pairs:
        return {"anyOf": [_SCALAR, {"type": "object", "additionalProperties": _SCALAR}]}
    if (nested := nested_in(hint)) is not None:
        return {"anyOf": _forms(signature_of(nested))}
    if NoneType in get_args(hint):
        return _kind(next(arg for arg in get_args(hint) if arg is not NoneType), metadata)
    return _structure(hint, metadata) or _scalar(hint, metadata)


def _structure(hint: Any, metadata: tuple[Any, ...]) -> Schema | None:
    """Lists, pairs, and what is chosen from a list."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(args)}
    if origin is tuple:
        return _or_list(_kind(args[0], metadata))
    if hint is Choices:
        return {"type": "object", "minProperties": 1, "additionalProperties": _CHOICE}
    if hint is Special:
        return {"type": "object", "additionalProperties": _SCALAR}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _kind(args[1])}
    return None


def _scalar(hint: Any, metadata: tuple[Any, ...]) -> Schema:
    names = {entry.name for entry in metadata if isinstance(entry, Kind)}
    if "plain" in names:
        return {}
    if "status" in names:
        codes = {"type": "integer", "minimum": LEAST, "maximum": MOST}
        return {"anyOf": [{"enum": list(REFUSALS)}, codes]}
    if "seconds" in names:
        found = _SECONDS
    else:
        found = _PLAIN.get(hint, _or_list(_SCALAR) if hint.__name__ == "Hours" else _SCALAR)
    limits = limits_of(metadata)
    return {**found, "minimum": limits.least, "maximum": limits.most} if limits else found


def _or_list(kind: Schema) -> Schema:
    return {"anyOf": [kind, {"type": "array", "items": kind}]}

"""A JSON Schema of flow files, out of the verbs' own declarations: for editors."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine import verbs as _verbs  # noqa: F401  # declares them
from ..engine.choices import UNIVERSAL
from ..engine.codes import Code
from ..engine.limits import DeadAir, MaxDuration
from ..engine.validators import CHECKS, RANGES
from ..engine.variables import TYPES
from ..engine.verb import VERBS, Verb
from .bind import HINTS
from .schema_values import (
    SCALAR,
    VALUES,
    Schema,
    forms,
    forms_of,
    kind,
    or_list,
)

TELLS = frozenset(
    {
        *(Code.WRONG_VERSION, Code.UNKNOWN_KEY, Code.MISSING_KEY, Code.EMPTY_VALUE),
        *(Code.WRONG_SHAPE, Code.UNKNOWN_VERB, Code.NOT_ONE_VERB, Code.UNKNOWN_PARAMETER),
        *(Code.MISSING_PARAMETER, Code.ONE_OF_TWO, Code.TAKES_NOTHING),
    }
)
"""The faults that a schema tells of as well, in a flow without templates and flows that it calls.

Of the values it tells what their kind allows; how a number is spelled, and what a time with a unit
comes to, it does not see.
"""
_STATE_NAME = r"^[^\x00-/:-@\[-^`{-\x7f][^\x00-\x1f!-,/:-@\[-^`{-\x7f]*$"


def _said(part: Schema, words: str) -> Schema:
    return {**part, "description": words}


_ENDS: Schema = {
    "on_error": _said(SCALAR, "the state that follows where something fails"),
    "on_hang_up": _said(
        or_list({"$ref": "#/$defs/verb"}, 1), "verbs that are done once the call is over"
    ),
}
_TYPE: Schema = {
    "type": "object",
    "required": ["type"],
    "additionalProperties": False,
    "properties": {
        "type": {"enum": list(TYPES), "description": "what it can be"},
        "default": {"description": "what it is at first"},
        "description": _said(SCALAR, "what it is for"),
    },
    "allOf": [
        {
            "if": {"properties": {"type": {"const": type}}},
            "then": {
                "properties": {"default": {"anyOf": [kind(HINTS.get(type, str)), {"type": "null"}]}}
            },
        }
        for type in TYPES
    ],
}
_VARIABLES: Schema = {
    "type": "object",
    "propertyNames": {"$ref": "#/$defs/variable"},
    "additionalProperties": {"anyOf": [SCALAR, _TYPE]},
}
_TOP: Schema = {
    "ivr": {"enum": [1, "1"], "description": "version of the language"},
    "flow": _said({**SCALAR, "pattern": _STATE_NAME}, "name of the flow"),
    "start": _said(SCALAR, "the state that a call begins with"),
    "zone": _said(SCALAR, "its time zone, such as Europe/Berlin"),
    "language": _said(SCALAR, "language that its calls begin in, such as en"),
    "languages": _said(or_list(SCALAR), "languages in which all its prompts must exist"),
    "description": _said(SCALAR, "what the flow is for"),
    "arguments": _said({"$ref": "#/$defs/variables"}, "variables that a calling flow sets"),
    "outcomes": {
        "description": "how it can end, for a flow that calls it",
        "anyOf": [or_list(SCALAR), {"type": "object"}],
    },
    "returns": {
        "type": "object",
        "description": "values for a flow that calls it: expressions",
        "additionalProperties": SCALAR,
    },
    "variables": _said({"$ref": "#/$defs/variables"}, "the only ones that there are"),
    "handlers": {
        "type": "object",
        "description": "where outcomes lead that a state leaves out",
        "additionalProperties": {"$ref": "#/$defs/ladder"},
    },
    "include": _said(or_list(SCALAR), "further files of the flow"),
    "verbs": _said(or_list(SCALAR), "Python files with verbs of its own"),
    "templates": {
        "type": "object",
        "description": "states with parameters: $name in any text",
        "additionalProperties": {"type": "object", "minProperties": 1},
    },
    "dead_air": {
        "description": "what is heard where a flow waits in silence",
        "anyOf": [{"const": "none"}, *forms(DeadAir.__init__)],
    },
    "max_duration": {
        "description": "how long a call may last",
        "anyOf": forms(MaxDuration.__init__),
    },
    "operator": _said(SCALAR, "the state that callers go to after an error"),
    **_ENDS,
    "universal": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {name: {"$ref": "#/$defs/choice"} for name in UNIVERSAL},
        "description": "choices that every question of the flow offers",
    },
    "top": _said(SCALAR, "where the choice top leads, if not to the start"),
    "states": {
        "type": "object",
        "minProperties": 1,
        "description": "what the flow does, and where each outcome leads",
        "propertyNames": {"pattern": _STATE_NAME, "not": {"const": "end"}},
        "additionalProperties": {"$ref": "#/$defs/state"},
    },
}
_STATE: Schema = {
    "type": "object",
    "required": ["do"],
    "additionalProperties": False,
    "properties": {
        "do": _said(or_list({"$ref": "#/$defs/verb"}, 1), "verbs, one after the other"),
        "then": {
            "description": "the state that each outcome leads to; end: the call ends",
            "anyOf": [SCALAR, {"type": "object", "additionalProperties": SCALAR}],
        },
        **_ENDS,
        "description": {"description": "what the state is for"},
    },
}
_USE: Schema = {
    "type": "object",
    "required": ["template"],
    "properties": {"template": _said(SCALAR, "the template that it is made of")},
}
_LADDER: Schema = {
    "description": "a state, or states by how often it came, such as {1: menu, 3: operator}",
    "anyOf": [
        SCALAR,
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[0-9]{1,3}$"},
            "additionalProperties": SCALAR,
        },
    ],
}
_WAY: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_CHOICE: Schema = {
    "description": "keys, ranges and patterns of keys, and words, that mean it",
    "anyOf": [
        or_list(_WAY, 1),
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "keys": _said(or_list(_WAY), "keys, ranges such as 2-5, patterns such as 6XX"),
                "words": _said(or_list(_WAY), "what a caller may say"),
                "say": _said(_WAY, "what it is called in the question"),
            },
            "anyOf": [{"required": ["keys"]}, {"required": ["words"]}],
        },
    ],
}
_END: Schema = _said(SCALAR, "a number, or a day such as 2030-12-31, today, tomorrow")
_VALIDATOR: Schema = {
    "description": "a check digit, a range, or a function that says yes or no",
    "anyOf": [
        {"enum": [*CHECKS, *RANGES]},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "from": _END,
                "to": _END,
                "zone": _said(SCALAR, "in which days are counted, such as Europe/Berlin"),
            },
            "anyOf": [{"required": ["from"]}, {"required": ["to"]}],
        },
        {
            "type": "object",
            "required": ["python"],
            "additionalProperties": False,
            "properties": {
                "python": _said(SCALAR, "the function, as module:function"),
                "seconds": _said({"$ref": "#/$defs/seconds"}, "time for it"),
            },
        },
    ],
}


def schema(own: Mapping[str, Verb] | None = None) -> Schema:
    """The JSON Schema (draft 2020-12) of a flow file, which may use verbs of its *own*.

    It refuses no flow that `load_flow` takes, but for one that writes ``null`` as a text.  What it
    takes may be refused all the same: the map, names that are used, what stands inside of texts
    and expressions, what goes together, and what is done before and after the answer, only
    `load_flow` can tell.
    """
    verbs = {**VERBS, **(own or {})}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A flow",
        "type": "object",
        "required": ["ivr", "flow", "start"],
        "anyOf": [{"required": ["states"]}, {"required": ["include"]}],
        "additionalProperties": False,
        "properties": _TOP,
        "$defs": {
            "state": {"if": {"required": ["template"]}, "then": _USE, "else": _STATE},
            "variables": _VARIABLES,
            "ladder": _LADDER,
            **VALUES,
            "choice": _CHOICE,
            "validator": _VALIDATOR,
            "verb": forms_of(
                {name: each.run for name, each in verbs.items()},
                {name: f"\n\nOutcomes: {each.outcomes_doc}." for name, each in verbs.items()},
            ),
        },
    }

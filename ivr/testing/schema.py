"""A JSON Schema of stories, out of the steps' own declarations: for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.codes import Code
from ..engine.verb import KeySet, Plain, Seconds
from ..flowfile.schema_values import SCALAR, VALUES, Schema, forms_of, kind, or_list
from .offer import MESSAGE, OFFER, Kept, Override
from .performing import Direction
from .steps import STEPS

TELLS = frozenset(
    {
        *(Code.WRONG_VERSION, Code.UNKNOWN_KEY, Code.MISSING_KEY, Code.WRONG_SHAPE),
        *(Code.UNKNOWN_STEP, Code.NOT_ONE_VERB, Code.UNKNOWN_PARAMETER, Code.MISSING_PARAMETER),
        *(Code.ONE_OF_TWO, Code.TAKES_NOTHING),
    }
)
"""The faults of a file of stories that its schema tells of as well."""

_PAIRS = Mapping[str, str]
_MESSAGE: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: kind(hint) for name, hint in MESSAGE.items()},
}


def _by_name(value: Schema) -> Schema:
    return {"type": "object", "additionalProperties": value}


_OFFER: Mapping[str, tuple[Schema, str]] = {
    "at": (SCALAR, "when the call comes, such as 2025-03-03 10:00 Europe/Berlin"),
    "direction": (kind(Direction), "in: he calls; out: we call"),
    "accept": (kind(KeySet), "the key with which a call of ours is taken"),
    "caller": (SCALAR, "who calls"),
    "dialled": (SCALAR, "the number that is called"),
    "headers": (kind(_PAIRS), "headers of the call"),
    "secrets": (kind(_PAIRS), "what a secret is, where that matters"),
    "durations": (_by_name(kind(Seconds)), "seconds of prompts by name"),
    "overrides": (_by_name(kind(Override)), "schedules that an operator has opened or closed"),
    "memory": (_by_name(kind(Mapping[str, Plain])), "what recall finds, by scope and name"),
    "mailboxes": (_by_name(or_list(_MESSAGE)), "mailboxes and their messages"),
    "told": (kind(tuple[Kept, ...]), "jobs of which the story says what comes, by waits_for"),
    "arguments": ({"type": "object"}, "what a flow that others call is given"),
}
assert _OFFER.keys() == set(OFFER)
_STORY: Schema = {
    "type": "object",
    "required": ["steps"],
    "additionalProperties": False,
    "properties": {
        "description": {"description": "what the story is about"},
        **{name: {**what, "description": words} for name, (what, words) in _OFFER.items()},
        "steps": {
            "description": "what happens, one sentence after the other",
            **or_list({"$ref": "#/$defs/step"}, 1),
        },
    },
}


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a file of stories, such as ``menu.test.yaml``.

    It refuses no file that `load_scenarios` takes, but for one that writes ``null`` as a text.
    Which states, prompts and arguments there are, only `load_scenarios` can tell.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stories of a flow",
        "type": "object",
        "required": ["ivr", "scenarios"],
        "additionalProperties": False,
        "properties": {
            "ivr": {"enum": [1, "1"], "description": "version of the language"},
            "flow": {
                "description": "the flows that are called; default: the one of the same name",
                **or_list(SCALAR, 1),
            },
            "description": {"description": "what the stories are about"},
            "scenarios": {
                "type": "object",
                "minProperties": 1,
                "description": "stories of calls by name",
                "additionalProperties": {"$ref": "#/$defs/story"},
            },
        },
        "$defs": {"story": _STORY, **VALUES, "step": forms_of(STEPS)},
    }

"""The JSON Schema says of a flow file what an editor can know."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.engine.verb import VERBS
from ivr.flowfile import schema

SCHEMA = schema()
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def fits(value: Any, part: dict[str, Any]) -> bool:
    """Whether *value* is valid: the few words of JSON Schema that this one uses."""
    if "$ref" in part:
        part = SCHEMA["$defs"][part["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in part and not any(fits(value, each) for each in part["anyOf"]):
        return False
    if "enum" in part and value not in part["enum"]:
        return False
    kinds = part.get("type", list(TYPES))
    if not any(is_a(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return False
    match value:
        case dict():
            properties, rest = part.get("properties", {}), part.get("additionalProperties", True)
            return (
                part.get("minProperties", 0) <= len(value) <= part.get("maxProperties", 1000)
                and set(part.get("required", ())) <= value.keys()
                and all(
                    fits(each, properties[name])
                    if name in properties
                    else rest is True or (rest is not False and fits(each, rest))
                    for name, each in value.items()
                )
            )
        case list():
            return all(fits(each, part.get("items", {})) for each in value)
        case str():
            return re.search(part.get("pattern", ""), value) is not None
        case int() | float():
            return bool(part.get("minimum", value) <= value <= part.get("maximum", value))
    return True


def is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind])


SAMPLES = [
    path
    for folder in ("flows", "benchmarks/flows", "ivr/cli/template/flows")
    for path in sorted(Path(folder).glob("*.yaml"))
    if not path.name.endswith(".test.yaml")
]


@pytest.mark.parametrize("path", SAMPLES, ids=str)
def test_the_samples_fit(path: Path) -> None:
    assert fits(yaml.load(path.read_text(), yaml.BaseLoader), SCHEMA)
    assert fits(yaml.safe_load(path.read_text()), SCHEMA)


STATE: dict[str, Any] = {"do": {"say": "welcome"}, "then": "end"}


@pytest.mark.parametrize(
    ("good", "do"),
    [
        (True, "answer"),
        (True, {"answer": None}),
        (True, {"pause": "300 ms"}),
        (True, {"say": ["welcome", {"text": "hi"}]}),
        (True, {"say": {"text": "hi", "barge_in": "none"}}),
        (True, ["answer", {"set": {"x": "1 + 1"}}, "hang_up"]),
        (True, {"transfer": {"to": "sip:1@pbx", "ring": 30, "allow": ["6XX"]}}),
        (True, {"reject": {"code": 486, "headers": {"Retry-After": 5}}}),
        (True, {"record_call": "none"}),
        (True, {"play": {"file": "music.wav", "seconds": "2 min"}}),
        (True, {"play": [{"tone": "440 Hz for 1 s"}, {"silence": "500 ms"}, "welcome"]}),
        (True, {"ask": {"choices": {"a": [1, "6XX"], "b": {"keys": "2-5", "say": "b"}}}}),
        (True, {"collect": {"into": "x", "validate": ["luhn", {"from": 1, "to": 31}]}}),
        (True, {"collect": {"into": "x", "validate": {"python": "checks:member"}}}),
        (False, {"play": [{"tone": "busy", "silence": 1}]}),
        (False, {"ask": {"choices": {"a": {"key": 1}}}}),
        (False, {"collect": {"into": "x", "validate": "lun"}}),
        (True, {"record_call": {"consent": ["welcome", {"text": "hi"}], "beep": "yes"}}),
        (False, {"record_call": {"beep": "yes"}}),
        (False, "record_call"),
        (False, "say"),
        (False, "dance"),
        (False, {"pause": 100000}),
        (False, {"pause": "soon"}),
        (False, {"say": {"txt": "hi"}}),
        (False, {"say": "welcome", "pause": 1}),
        (False, {"ask": "menu"}),
        (False, {"collect": {"prompts": "menu"}}),
        (False, {"record": {"beep": "maybe"}}),
        (False, {"transfer": {"to": "sip:1@pbx", "mode": "fax"}}),
        (False, {"reject": {"code": 200}}),
        (False, {"set": {}}),
    ],
    ids=str,
)
def test_what_fits(good: bool, do: Any) -> None:
    state = {**STATE, "do": do}
    flow = {"ivr": 1, "flow": "f", "start": "a", "states": {"a": state}}
    assert fits(flow, SCHEMA) is good


def test_every_verb_with_every_parameter_in_words() -> None:
    verbs = SCHEMA["$defs"]["verb"]["anyOf"][1]["properties"]
    assert verbs.keys() == VERBS.keys()
    for name, verb in verbs.items():
        assert verb["description"], name
        for parameter, part in verb["anyOf"][-1]["properties"].items():
            assert part["description"], (name, parameter)
    collect = verbs["collect"]["anyOf"][-1]
    assert collect["required"] == ["into"]
    assert collect["properties"]["attempts"] == {
        "type": ["integer", "string"],
        "pattern": "^-?[0-9]+$",
        "minimum": 1,
        "maximum": 100,
        "description": "how often to ask in all",
        "default": 3,
    }


def test_it_is_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA

"""The JSON Schema says of a flow file what an editor can know."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ivr.engine.verb import VERBS
from ivr.flowfile import schema
from ivr.flowfile.own_verbs import read_verbs
from ivr.flowfile.source import Source

from .core import as_core

SCHEMA = schema()
FITS = jsonschema_rs.validator_for(SCHEMA)
WRITTEN = Path("flows/flow.schema.json")


OURS = ("flows", "flows/samples", "ivr/cli/template/flows")
SAMPLES = [
    path
    for folder in (*OURS, "benchmarks/flows", "ivr/library")
    for path in sorted(Path(folder).glob("*.yaml"))
    if not path.name.endswith(".test.yaml")
]


@pytest.mark.parametrize("path", SAMPLES, ids=str)
def test_the_samples_fit(path: Path) -> None:
    FITS.validate(as_core(Source.parse(path)[1]))


@pytest.mark.parametrize("path", [p for p in SAMPLES if str(p.parent) in OURS], ids=str)
def test_editors_find_it(path: Path) -> None:
    """Of the samples, and in a new project, where `ivr new` writes it."""
    found = re.search(r"^# yaml-language-server: \$schema=(\S+)$", path.read_text(), re.MULTILINE)
    assert found and (path.parent / found[1]).resolve().name == WRITTEN.name


def test_it_is_written_beside_the_samples() -> None:
    assert json.loads(WRITTEN.read_text()) == SCHEMA, f"run: ivr schema > {WRITTEN}"


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
        (
            True,
            {
                "collect": {
                    "prompts": "menu",
                    "into": "x",
                    "validate": ["luhn", {"from": 1, "to": 31}],
                }
            },
        ),
        (
            True,
            {"collect": {"text": "?", "into": "x", "validate": {"python": "checks:member"}}},
        ),
        (False, {"play": [{"tone": "busy", "silence": 1}]}),
        (False, {"ask": {"choices": {"a": {"key": 1}}}}),
        (False, {"collect": {"text": "?", "into": "x", "validate": "lun"}}),
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
    assert FITS.is_valid(flow) is good


def test_every_verb_with_every_parameter_in_words() -> None:
    verbs = SCHEMA["$defs"]["verb"]["anyOf"][1]["properties"]
    assert verbs.keys() == VERBS.keys()
    collect = verbs["collect"]["anyOf"][-1]
    assert "into" in collect["required"]
    assert collect["properties"]["attempts"] == {
        "type": ["integer", "string"],
        "pattern": "^-?[0-9]{1,9}$",
        "minimum": 1,
        "maximum": 100,
        "description": "how often to ask in all",
        "default": 3,
    }


def test_every_key_says_what_it_is_for() -> None:
    silent = [
        f"{name} of {', '.join(part['properties'])}"
        for part in parts(SCHEMA)
        if part.get("type") == "object"
        for name, each in part.get("properties", {}).items()
        if not described(each)
    ]
    assert silent == []


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    for each in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from parts(each)


def described(part: dict[str, Any]) -> bool:
    if "$ref" in part and "description" not in part:
        part = SCHEMA["$defs"][part["$ref"].rsplit("/", 1)[1]]
    return bool(part.get("description"))


OWN = """\
from typing import Annotated

import ivr


@ivr.verb("find_article", ("found", "unknown"))
async def find_article(call: ivr.Call, number: Annotated[int, ivr.Doc("its number")]) -> ivr.Result:
    \"\"\"Find an article.\"\"\"
    return ivr.Result("found")
"""


def test_verbs_of_ones_own_are_in_it(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(OWN)
    fits = jsonschema_rs.validator_for(schema(read_verbs(tmp_path / "shop.py")))
    state: dict[str, Any] = {"do": {"find_article": 3}, "then": "end"}
    flow = {"ivr": 1, "flow": "f", "start": "a", "verbs": "shop.py", "states": {"a": state}}
    assert fits.is_valid(flow) and not FITS.is_valid(flow)
    state["do"] = {"find_article": "three"}
    assert not fits.is_valid(flow)


def test_it_is_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA

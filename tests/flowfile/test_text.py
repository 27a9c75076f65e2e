"""YAML is text: what stands in a flow file is what the flow gets."""

from pathlib import Path

import pytest
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ivr.engine.effects import Note
from ivr.engine.events import Offered
from ivr.engine.session import Session
from ivr.flowfile.source import Source

from .reading import faults, load, state

SIGNS = (
    "on",
    "no",
    "yes",
    "010",
    "0x1F",
    "1e3",
    "12:30",
    "~",
    "null",
    "1#",
    "=",
    "2025-01-01",
    "a:b",
)


def plain(node: Node | None) -> object:
    match node:
        case MappingNode():
            return {plain(key): plain(value) for key, value in node.value}
        case SequenceNode():
            return [plain(item) for item in node.value]
        case ScalarNode():
            return node.value
    return None


def read(folder: Path, text: str) -> object:
    path = folder / "f.yaml"
    path.write_text(text)
    source, root = Source.parse(path)
    source.check()
    return plain(root)


@pytest.mark.parametrize("sign", SIGNS)
def test_what_needs_no_quotes_is_what_it_looks_like(tmp_path: Path, sign: str) -> None:
    text = f"{sign}: {sign}\nlist: [{sign}, {sign}]\nitems:\n- {sign}\n"
    assert read(tmp_path, text) == {sign: sign, "list": [sign, sign], "items": [sign]}


@pytest.mark.parametrize("sign", ["*", "#", "!x", "@x", "{{ x }}", "a: b", "", "%", "&x", "`", "~"])
def test_quotes_make_a_text_of_anything(tmp_path: Path, sign: str) -> None:
    text = f"\"{sign}\": '{sign}'\nlist: ['{sign}', \"{sign}\"]\n"
    assert read(tmp_path, text) == {sign: sign, "list": [sign, sign]}


def test_block_texts_and_comments_are_yaml(tmp_path: Path) -> None:
    text = "# a\na: |\n  x: * # no comment\nb: >-\n  one\n  two\nc: [1, # one\n  2] # two\n"
    assert read(tmp_path, text) == {"a": "x: * # no comment\n", "b": "one two", "c": ["1", "2"]}


def test_choices_keys_and_outcomes_are_texts(tmp_path: Path) -> None:
    flow = load(
        tmp_path,
        state("""
            do:
              - answer
              - ask:
                  prompts: menu
                  choices: {on: [on, 010], no: ["*", 1#], 12:30: "#", ~: ~}
            then: {on: end, no: end, 12:30: end, ~: end, no_input: end, no_match: end}
        """),
    )
    assert list(flow.states["a"].on) == ["on", "no", "12:30", "~", "no_input", "no_match"]


def test_truths_numbers_and_times_are_converted_by_the_verb(tmp_path: Path) -> None:
    good = state("""
        do:
          - answer: {settle: 300 ms}
          - pause: 0.5 s
          - record: {max_seconds: 2 min, beep: off, stop_keys: none, silence: 0}
        then: {recorded: end, too_short: end, failed: end}
    """)
    assert faults(tmp_path, good) == []


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = state("do: hang_up").replace("\n", "\r\n")
    assert faults(tmp_path, b"\xef\xbb\xbf" + text.encode()) == []


def test_places_count_characters_and_lines_as_editors_do(tmp_path: Path) -> None:
    text = state("description: 'ä\u2028\x85€'\r\ndo: {say: welcom}\nthen: end")
    assert faults(tmp_path, text) == ["7:15: say: unknown prompt 'welcom'; did you mean 'welcome'?"]


def test_the_place_of_a_verb_is_that_of_its_call(tmp_path: Path) -> None:
    flow = load(tmp_path, state("do: {set: {x: 1 / 0}}\nthen: end"))
    session = Session(flow, "1")
    notes = [e.detail for e in session.handle(Offered("1", "2"), 0.0) if isinstance(e, Note)]
    assert any("f.yaml:6" in note for note in notes), notes

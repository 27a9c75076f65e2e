"""Prompts and pairs that a flow file gives to another flow."""

from pathlib import Path

import pytest

from ivr.engine.effects import File, Given, Text
from ivr.engine.errors import LoadError
from ivr.engine.flow import Flow
from ivr.flowfile import load_flow, static_prompts

from .reading import load, without_code

GREETER = """\
ivr: 1
flow: greeter
start: a
arguments:
  greeting: {type: prompts, default: [welcome, {text: "Hello"}, {text: "{{ x }}"}]}
  people: {type: pairs, default: people.yaml}
outcomes: [done]
states:
  a:
    do: [{say: {argument: greeting}}, {find_name: {spelled: "2", among: {argument: people}}}]
    then: {found: done, none: done}
"""
CALLER = """\
ivr: 1
flow: f
start: a
states:
  a: {do: [answer, {call_flow: {flow: g.yaml, WITH}}], then: end}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "g.yaml").write_text(GREETER)
    (tmp_path / "people.yaml").write_text("Ann Smith: 601\n'Bob': '602'\n")
    return tmp_path


def called(folder: Path, given: str) -> Flow:
    return load(folder, CALLER.replace(", WITH", f", {given}" if given else ""))


def faults(folder: Path, given: str) -> list[str]:
    with pytest.raises(LoadError) as error:
        called(folder, given)
    return [without_code(fault).removeprefix(f"{folder}/") for fault in error.value.faults]


def test_a_default_is_read_as_what_it_is(folder: Path) -> None:
    flow = load_flow(folder / "g.yaml")
    assert flow.arguments["greeting"].default == ("welcome", Text("Hello"), Text("{{ x }}"))
    assert flow.arguments["people"].default == {"Ann Smith": "601", "Bob": "602"}


def test_prompts_are_known_before_the_first_call(folder: Path) -> None:
    assert static_prompts(called(folder, "")) == {"welcome", Text("Hello")}
    (folder / "x.wav").touch()
    found = static_prompts(called(folder, "greeting: [menu, {text: Hi}, {file: x.wav}]"))
    assert found == {"welcome", Text("Hello"), "menu", Text("Hi"), File(str(folder / "x.wav"))}
    assert Given("greeting") not in found


@pytest.mark.parametrize(
    "given",
    ["greeting: none", "people: {Ann: 601}", "people: people.yaml"],
)
def test_what_can_be_given(folder: Path, given: str) -> None:
    assert called(folder, given)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("greeting: welcom",
         "f.yaml:5:57: greeting: unknown prompt 'welcom'; did you mean 'welcome'?"),
        ("greeting: []", "f.yaml:5:57: greeting: expected at least one, or none"),
        (
            "greeting: {argument: x}",
            "f.yaml:5:3: a: no argument 'x' of prompts; there are: none",
        ),
        ("people: [1]", "f.yaml:5:55: people: expected name: text pairs, or the file that has them,"
         " found a list"),
        ("people: nobody.yaml",
         "f.yaml:5:55: people: no such file: 'nobody.yaml', seen from the folder of this one"),
        ("people: empty.yaml", "f.yaml:5:55: people: 'empty.yaml' is empty; expected name: text"
         " pairs, or the file that has them"),
        ("people: broken.yaml", "broken.yaml:1:6: expected a text, found a list"),
        ("people: list.yaml",
         "list.yaml:1:1: expected name: text pairs, or the file that has them, found a list"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(folder: Path, given: str, wrong: str) -> None:
    (folder / "empty.yaml").write_text("")
    (folder / "broken.yaml").write_text("Ann: [601]\n")
    (folder / "list.yaml").write_text("[601]\n")
    assert faults(folder, given) == [wrong]


def test_words_that_are_given_may_have_the_variables_of_both(folder: Path) -> None:
    text = CALLER.replace("start: a\n", "start: a\nvariables: {shop: text}\n")
    given = 'greeting: {text: "{{ shop }} {{ own }} {{ caller }} {{ name }}"}'
    (folder / "f.yaml").write_text(text.replace("WITH", given))
    assert load_flow(folder / "f.yaml")
    declared = GREETER.replace(
        "states:", "variables: {own: text, number: text, matches: 0}\nstates:"
    )
    (folder / "g.yaml").write_text(declared.replace("a:\n    do", "a:\n    do"))
    with pytest.raises(LoadError, match="'name' is declared; declared: shop"):
        load_flow(folder / "f.yaml")

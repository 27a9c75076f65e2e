"""What a flow plays the same in every call, and where it says so."""

from pathlib import Path

from ivr.engine.effects import File, Text
from ivr.flowfile import load_flow, static_places, static_prompts

YAML = """\
ivr: 1
flow: f
start: a
states:
  a:
    do:
      - answer
      - say: [welcome, {text: "Hello {{ caller }}"}, {file: ring.wav}]
      - ask: {choices: {sales: 1, help: {keys: 2, say: "{{ caller }}"}}}
    then: {sales: b, help: b, no_input: b, no_match: b}
  b:
    do: {confirm: {prompts: {text: "Really?"}}}
    then: {yes: end, no: end, no_input: end}
"""
PYTHON = """\
from ivr import Call, Choices, Flow, Text, answer, ask, confirm, hang_up

flow = Flow("f", start="a")
MENU = Choices({"sales": ["1"]})


@flow.state(sales="b", no_input="b", no_match="b")
async def a(call: Call) -> str:
    await answer(call)
    return (await ask(call, choices=MENU)).outcome


@flow.state(yes="end", no="end", no_input="end")
async def b(call: Call) -> str:
    asked = [Text(call.caller)]
    if call.caller:
        await ask(call, *asked, choices=MENU)
        await ask(call, **{"choices": MENU})
    return (await confirm(call, Text("Really?"), yes="9")).outcome
"""


def test_sentences_that_are_built_are_among_them(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text(YAML)
    flow = load_flow(file)
    assert static_prompts(flow) == {
        "welcome",
        File(str(tmp_path / "ring.wav")),
        Text("Really?"),
        Text("For yes, press 1. For no, press 2."),
        Text("Please use the keys of your telephone."),
    }
    french = static_places(flow, "fr")
    assert french[Text("Pour oui, appuyez sur 1. Pour non, appuyez sur 2.")].line == 12
    assert (french["welcome"].line, french["welcome"].column) == (8, 9)


def test_so_they_are_in_python_as_far_as_they_can_be_told(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text(PYTHON)
    found = static_places(load_flow(file), "en")
    assert {prompt: place.line for prompt, place in found.items()} == {
        Text("For sales, press 1."): 10,
        Text("Really?"): 19,
        Text("For yes, press 9. For no, press 2."): 19,
        Text("Please use the keys of your telephone."): 19,
    }

"""Questions and sounds in YAML are what they are in Python."""

import wave
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.engine.choices import Choice
from ivr.engine.effects import File, Prompt, Signal, Silence, Text, Tone, Url
from ivr.engine.flow import Flow
from ivr.engine.validators import Asked, Between
from ivr.flowfile import static_prompts
from ivr.testing import SimulatedCall

from .reading import faults, load, python, python_faults

MENU = """
ivr: 1
flow: office
start: greet
language: en
universal: {repeat: "*", back: "#", top: 9, operator: 0}
operator: desk
top: menu
states:
  greet: {do: answer, then: menu}
  menu:
    do:
      ask:
        choices: {sales: {keys: 1, words: [sales], say: our sales team}, extension: 6XX}
        into: dialled_extension
    then: {sales: sales, extension: extension, no_input: end, no_match: end}
  sales: {do: {confirm: {text: "Sales?"}}, then: {yes: end, no: menu, no_input: end}}
  extension:
    do: {say: {text: "You dialled {{ dialled_extension | digits }}."}}
    then: end
  desk: {do: {play: {tone: ringback, seconds: 12}}, then: end}
"""
SAID = "For our sales team, press 1. For extension, dial the number."


def wav(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))


def bound(flow: Flow, state: str) -> list[Any]:
    """What the verbs of *state* are run with."""
    step: Any = flow.states[state].step
    return next(c.cell_contents for c in step.__closure__ if isinstance(c.cell_contents, list))


def one(folder: Path, verb: str, then: str = "end") -> Any:
    """What *verb* is run with: what has no name, and what has."""
    text = f"ivr: 1\nflow: f\nstart: a\nstates:\n  a: {{do: [answer, {{{verb}}}], then: {then}}}\n"
    _, (_, positional, named, *_) = bound(load(folder, text), "a")
    return positional, named


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("tone: 440 Hz for 1 s", Tone(440, 1.0)),
        ("tone: 440", Tone(440)),
        ("tone: beep", Tone()),
        ("tone: beep for 500 ms", Tone(seconds=0.5)),
        ("tone: busy", Signal("busy")),
        ("tone: US busy for 1 min", Signal("busy", 60.0, "US")),
        ("silence: 500 ms", Silence(0.5)),
        ("silence: 2", Silence(2.0)),
        ("text: Hello", Text("Hello")),
        (
            'url: "https://cdn.example/{{ caller }}.wav"',
            Url("https://cdn.example/{{ caller }}.wav"),
        ),
    ],
)
def test_a_prompt_in_yaml(tmp_path: Path, text: str, prompt: Prompt) -> None:
    for verb in (f"play: {{{text}}}", f"say: [{{{text}}}]", f"say: {{prompts: {{{text}}}}}"):
        assert one(tmp_path, verb)[0] == (prompt,)


def test_a_file_lies_beside_the_flow(tmp_path: Path) -> None:
    wav(tmp_path / "music.wav")
    found = load(
        tmp_path,
        "ivr: 1\nflow: f\nstart: a\nstates:\n"
        "  a: {do: [answer, {play: {file: music.wav, repeat: 2}}], then: end}\n",
    )
    assert static_prompts(found) == {File(str(tmp_path / "music.wav"))}
    call = SimulatedCall(found, durations={"music.wav": 7})
    call.hears("music.wav", "music.wav").is_over()
    assert call.now > 14


def test_in_python_it_does_so_too(tmp_path: Path) -> None:
    wav(tmp_path / "music.wav")
    body = """
        from ivr import File, play

        @flow.state(done=END)
        async def a(call: Call) -> str:
            await answer(call)
            return (await play(call, File("music.wav"))).outcome
    """
    found = load(tmp_path, python(body), "f.py")
    assert static_prompts(found) == {File(str(tmp_path / "music.wav"))}
    SimulatedCall(found).hears(File(str(tmp_path / "music.wav"))).is_over()


def test_what_is_wrong_with_it_in_python_is_a_fault_too(tmp_path: Path) -> None:
    body = """
        from ivr import File, Url, play

        @flow.state(done=END)
        async def a(call: Call) -> str:
            await play(call, Url("https://cdn.example/x.wav"))
            return (await play(call, File("music.wav"), seconds=1, repeat=2)).outcome
    """
    assert python_faults(tmp_path, body) == [
        "6:19: play: it is repeated for so many seconds, or so often; leave one of the two out",
        "6:30: no such file: 'music.wav', seen from the folder of this one",
    ]


def test_a_universal_choice_cannot_end_an_answer(tmp_path: Path) -> None:
    wrong = MENU.replace("        into:", '        terminators: "*"\n        into:')
    [fault] = faults(tmp_path, wrong)
    words = "the terminator '*' is also part of a universal choice; leave one of the two out"
    assert fault.endswith(f"ask: {words}")
    assert faults(tmp_path, wrong.replace("into:", "universal: no\n        into:")) == []


def test_a_state_in_python_may_lead_elsewhere_with_a_universal_choice(tmp_path: Path) -> None:
    body = """
        flow = Flow("f", start="a", universal={"back": "#", "top": "9"})

        @flow.state(sales=END, desk=END, no_input=END, no_match=END, back=END)
        async def a(call: Call) -> str:
            await answer(call)
            return (await ask(call, "menu", choices=MENU)).outcome
    """
    assert load(tmp_path, python(body), "f.py").universal.names == ("back", "top")


def test_a_menu_says_its_choices_and_takes_patterns(tmp_path: Path) -> None:
    flow = load(tmp_path, MENU)
    call = SimulatedCall(flow).is_asked(Text(SAID)).presses("612")
    call.hears("You dialled 6 1 2.").is_over()


def test_universal_choices_lead_where_the_file_says(tmp_path: Path) -> None:
    flow = load(tmp_path, MENU)
    call = SimulatedCall(flow).is_asked(Text(SAID)).presses("*").is_asked(Text(SAID)).presses("1")
    call.is_asked(Text("Sales?")).presses("2").is_asked(Text(SAID)).presses("0")
    call.is_in("desk").hears(Signal("ringback")).is_over()


@pytest.mark.parametrize(
    ("kind", "text", "validators"),
    [
        ("digits", "luhn", ("luhn",)),
        ("date", "[past, future]", ("past", "future")),
        ("number", "{from: 1, to: 31.5}", (Between(1, Decimal("31.5")),)),
        ("date", "{from: today}", (Between("today"),)),
        (
            "date",
            "{from: 2025-01-01, zone: Europe/Berlin}",
            (Between(date(2025, 1, 1), zone=ZoneInfo("Europe/Berlin")),),
        ),
        ("digits", '{python: "checks:member"}', (Asked("checks:member"),)),
        ("digits", '{python: "checks:member", seconds: 2}', (Asked("checks:member", 2.0),)),
    ],
)
def test_validators_in_yaml(tmp_path: Path, kind: str, text: str, validators: object) -> None:
    collect = f"collect: {{prompts: menu, into: x, type: {kind}, validate: {text}}}"
    _, named = one(tmp_path, collect, "{done: end, no_input: end, no_match: end}")
    assert named["validate"] == validators


def test_a_choice_has_keys_words_and_a_name(tmp_path: Path) -> None:
    table = bound(load(tmp_path, MENU), "menu")[0][2]["choices"].table
    assert table["sales"] == Choice(("1",), ("sales",), "our sales team")
    assert table["extension"] == Choice(("6XX",))

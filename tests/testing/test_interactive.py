"""A call in the terminal, with the commands given beforehand."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ivr import Flow
from ivr.flowfile import load_flow
from ivr.testing.handset import Handset
from ivr.testing.interactive import hold

from . import samples

TEXTS = {"welcome": "Welcome to Example.", "menu": "For sales, press [1]."}


def talk(flow: Flow, *commands: str) -> list[str]:
    """What is shown, a line each."""
    shown = StringIO()
    hold(Handset(flow, texts=TEXTS), commands, Console(file=shown, width=100))
    return [line.rstrip() for line in shown.getvalue().splitlines()]


def test_prompts_states_and_the_clock_are_shown() -> None:
    assert talk(samples.menu, "", "", "", "", "2", "") [:9] == [
        "00:00.0  calls 100 from +15550100, Mon 2025-03-03 10:00 UTC",
        "00:00.0  [greet]",
        "00:00.0  is answered",
        '00:00.3  ♪ welcome: "Welcome to Example."',
        "00:01.6  [choose]",
        '00:01.6  ♪ menu: "For sales, press [1]."',
        "00:03.0  … waits 5.0 s for an answer",
        "00:03.0  presses 2",
        "00:03.0  entry: typed 2",
    ]  # fmt: skip


def test_an_empty_line_waits_until_something_happens() -> None:
    shown = talk(samples.menu, *[""] * 20)
    assert shown.count("00:08.0  entry: no_input") == 1
    assert shown[-1].endswith("the call is over, ended by the flow")


def test_time_passes_as_told() -> None:
    shown = talk(samples.menu, "+1", "wait 0.5 s", "bye")
    assert shown[-2] == "00:01.5  hangs up"


def test_words_are_said() -> None:
    assert '00:01.6  says "sales" (confidence 1)' in talk(samples.menu, "", "", "", "say sales")


def test_a_message_is_spoken_and_kept() -> None:
    shown = talk(samples.voicemail, "", "", "", "", "say one two three four five six", "#", "", "")
    assert shown[-1].endswith("kept: message-1.wav, 2.4 s")


@pytest.mark.parametrize("result", ["busy", "no_answer", "no answer", "answered"])
def test_a_transfer_is_decided(result: str) -> None:
    shown = talk(samples.menu, "+1", "2", "", f"transfer {result}", "")
    assert any("… it rings; decide it: transfer answered|busy|" in line for line in shown)
    assert any(f"transfer: {result.replace(' ', '_')}" in line for line in shown)


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        (["1"], "nobody has answered yet; let time pass"),
        (["jump"], "'jump' is no command; help lists them"),
        (["[/]"], "'[/]' is no command; help lists them"),
        (["say"], "'say' is no command; help lists them"),
        (["transfer busy"], "no transfer is running"),
        (
            ["+1", "2", "", "transfer bussy"],
            "no such result; expected one of answered, busy, no_answer, rejected, unreachable,",
        ),
        (["help"], "transfer busy     decide a running transfer: answered, busy, no_answer,"),
    ],
)
def test_what_cannot_be_done_is_said(commands: list[str], answer: str) -> None:
    assert any(line.startswith(answer) for line in talk(samples.menu, *commands))


def test_the_end_of_the_input_hangs_up() -> None:
    assert talk(samples.menu)[-1] == "00:00.0 the call is over, ended by the caller"


def test_a_broken_flow_says_why() -> None:
    shown = talk(samples.broken, *[""] * 9)
    assert any("the flow fails: fall: " in line for line in shown)
    assert shown[-1].endswith("ended by the error")


def test_commands_can_be_asked_for() -> None:
    asked: list[str] = []
    commands = iter(["", "2", "hang up"])

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(commands)

    phone = Handset(samples.menu)
    hold(phone, ask, Console(quiet=True))
    assert phone.call.ended_by == "caller"
    assert asked[:2] == ["[00:00.0] greet ▸ ", "[00:00.0] greet ▸ "]


def test_where_the_call_is_in_a_flow_that_is_called_is_shown(tmp_path: Path) -> None:
    text = "ivr: 1\nflow: m\nstart: s\nstates:\n  s:\n    do:\n      - answer\n"
    text += "      - call_flow: {flow: library/yes_no, question: {text: Really}}\n"
    file = tmp_path / "m.yaml"
    file.write_text(f"{text}    then: {{yes: end, no: end, gave_up: end}}\n", encoding="utf-8")
    asked: list[str] = []
    commands = iter(["go on", "hang up"])

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(commands)

    hold(Handset(load_flow(file)), ask, Console(quiet=True))
    assert " yes_no." in asked[1]


def test_a_closed_terminal_is_a_hang_up() -> None:
    def closed(prompt: str) -> str:
        raise EOFError

    phone = Handset(samples.menu)
    hold(phone, closed, Console(quiet=True))
    assert phone.call.ended_by == "caller"

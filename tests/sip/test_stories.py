"""Stories told of a real server by real calls: `ivr test --sip`."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..ports import free_port, rtp_port
from ..speech.fakes import until
from . import rendered
from .audio import RATE, write_wav

pytestmark = pytest.mark.line

SECONDS = {"welcome": 0.5, "menu": 1.4, "hours": 1.3, "prices": 1.4, "goodbye": 0.3, "shut": 0.5}
DESK = """ivr: 1
flow: desk
start: greet
states:
  greet:
    do: [{ring: 180}, answer, {say: welcome}]
    then: menu
  menu:
    do: {ask: {prompts: menu, choices: {hours: 1, message: 2, desk: 3, who: 4}, attempts: 2, \
first_digit: 1 s}}
    then: {hours: hours, message: message, desk: desk, who: who, no_input: end, no_match: end}
  hours: {do: {say: [hours, goodbye]}, then: end}
  who: {do: {say: {text: "Your number is {{ caller }}, thank you very much."}}, then: end}
  desk:
    do: {transfer: "sip:desk@127.0.0.1:5070"}
    then: {answered: end, busy: hours, no_answer: end, rejected: end, unreachable: end, failed: end}
  message:
    do: [{say: prices}, {record: {}}, {say: goodbye}]
    then: {done: end, too_short: end, failed: end}
"""
SMALL = {
    "early": "[early, {say: shut}, {reject: closed}]",
    "away": '[{redirect: {to: ["sip:a@192.0.2.1", "sip:b@192.0.2.2"], code: 301}}]',
}
OFFICE = """ivr: 1
flow: office
start: only
states:
  only:
    do: [answer, {schedule: {name: office, open: Mon-Sun 00:00-24:00, zone: UTC}}]
    then: {open: open, closed: shut}
  open: {do: {say: welcome}, then: end}
  shut: {do: {say: shut}, then: end}
"""
TRUE = """ivr: 1
scenarios:
  a key and a prompt:
    steps:
      - is_rung
      - hears: welcome
      - is_asked: menu
      - presses: 1
      - hears: [hours, goodbye]
      - is_over: flow
      - goes_through: [greet, menu, hours]
  silence:
    steps: [hears: [welcome, menu, menu], waits: 500 ms, is_over: flow]
  who types ahead:
    steps: [presses: 1, hears: hours, hangs_up, is_over: caller]
  words with a number in them:
    caller: "+4930123456"
    steps: [presses: 4, hears: {text: Your number is}, is_over: flow]
  a message:
    steps:
      - is_asked: [welcome, menu]
      - presses: 2
      - hears: prices
      - leaves_a_message: 2 s
      - hears: goodbye
      - is_over: flow
      - has_left_messages: 1
"""
UNTOLD = """ivr: 1
flow: desk.yaml
scenarios:
  a busy desk:
    steps:
      - hears: welcome
      - presses: 3
      - is_transferred_to: {to: "sip:desk@127.0.0.1:5070", result: busy}
      - hears: hours
"""
NEWER = """ivr: 1
scenarios:
  another prompt:
    dialled: desk-line
    steps:
      - is_asked: [welcome, menu]
      - presses: 1
      - hears: prices
"""
BUSY = "ivr: 1\nflow: busy\nstart: only\nstates:\n  only: {do: [{reject: 486}]}\n"
REFUSED = """ivr: 1
scenarios:
  it:
    dialled: early-line
    steps: [is_rejected_with: 486]
"""
BARE = """ivr: 1
scenarios:
  a key:
    dialled: desk-line
    steps: [hears: welcome, is_asked: menu, presses: 1, hears: hours, hangs_up]
"""
CLOSED = """ivr: 1
flow: office.yaml
scenarios:
  declared closed:
    overrides: {office: closed}
    steps: [hears: shut]
  open: {steps: [hears: welcome]}
"""


def noise(name: str) -> array[int]:
    """A prompt that does not repeat itself, as speech does not."""
    dice = random.Random(name)
    return array("h", (dice.randint(-8000, 8000) for _ in range(round(SECONDS[name] * RATE))))


class Server:
    """`ivr serve` in a process of its own, and what is beside it to tell stories of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        (folder / "prompts/en").mkdir(parents=True)
        for name in SECONDS:
            write_wav(folder / f"prompts/en/{name}.wav", noise(name))
        (folder / "desk.yaml").write_text(DESK)
        (folder / "office.yaml").write_text(OFFICE)
        for name, verbs in SMALL.items():
            states = f"ivr: 1\nflow: {name}\nstart: only\nstates:\n  only: {{do: {verbs}}}\n"
            (folder / f"{name}.yaml").write_text(states)
        settings = {
            "routes": {f"{n}-line": f"{n}.yaml" for n in ("desk", "office", *SMALL)},
            "sip": {"port": self.port, "rtp_port": rtp_port()},
            "control": {"port": free_port()},
        }
        (folder / "ivr.yaml").write_text(json.dumps(settings))
        rendered.bring(folder / "var")
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ivr", "serve"],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout
        assert "Answering" in self.process.stdout.readline(), self.log.read_text()
        rendered.keep(folder / "var")

    def tells(
        self, stories: str, name: str = "desk", *words: str
    ) -> subprocess.CompletedProcess[str]:
        """`ivr test --sip` of these stories."""
        (self.folder / f"{name}.test.yaml").write_text(stories)
        return told(self.folder, self.port, name, *words)

    def end(self) -> None:
        self.process.terminate()
        try:
            assert self.process.wait(20) == 0, self.log.read_text()
        finally:
            self.process.kill()
            assert self.process.stdout
            self.process.stdout.close()


def told(folder: Path, port: int, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    file, there = f"{name}.test.yaml", f"127.0.0.1:{port}"
    return subprocess.run(
        [sys.executable, "-m", "ivr", "test", file, *words, "--sip", there],
        cwd=folder, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def ivr(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ivr", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("stories"))
    yield started
    started.end()


def test_stories_that_are_true(server: Server) -> None:
    said = server.tells(TRUE)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "passed desk.yaml: words with a number in them\n" in said.stdout
    assert "not looked at on a real call: goes_through (line 11)" in said.stdout
    assert said.stdout.endswith("5 passed, 0 failed, 0 not told\n")


def test_a_real_call_becomes_a_story_that_passes(server: Server) -> None:
    message = "ivr: 1\nscenarios:\n" + TRUE[TRUE.index("  a message:") :]
    assert server.tells(message).returncode == 0
    recorded: list[dict[str, Any]] = []

    def some() -> list[dict[str, Any]]:
        recorded[:] = json.loads(ivr(server.folder, "calls", "--flow", "desk", "--json").stdout)
        return recorded

    until(some, 30)
    told = ivr(
        server.folder, "calls", "to-test", recorded[0]["id"], "real.test.yaml", "--on", "desk.yaml"
    )
    assert told.returncode == 0, told.stderr
    said = ivr(server.folder, "test", "real.test.yaml")
    assert said.stdout.endswith("1 passed, 0 failed\n"), said.stdout + said.stderr
    said = ivr(server.folder, "replay", "--since", "1d", "--on", "desk.yaml")
    assert said.returncode == 0 and "get somewhere else" not in said.stdout, said.stdout


@pytest.mark.parametrize(
    ("stories", "name"),
    [
        ("is_in_early_media, hears: shut, is_rejected_with: 480", "early"),
        ('is_redirected_to: {to: ["sip:a@192.0.2.1", "sip:b@192.0.2.2"], code: 301}', "away"),
    ],
)
def test_calls_that_are_not_answered(server: Server, stories: str, name: str) -> None:
    said = server.tells(f"ivr: 1\nscenarios: {{it: {{steps: [{stories}]}}}}\n", name)
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_story_that_only_a_simulated_call_can_tell_is_not_passed(server: Server) -> None:
    said = server.tells(UNTOLD, "untold")
    assert said.returncode == 1
    assert said.stdout == (
        "not told desk.yaml: a busy desk\n"
        "untold.test.yaml:8:9: a busy desk: is_transferred_to is decided by a simulated call only; "
        "what comes before it came true\n"
        "0 passed, 0 failed, 1 not told\n"
    )


def test_a_story_about_another_time_is_not_told(server: Server) -> None:
    said = server.tells(CLOSED, "closed", "--json")
    report: dict[str, Any] = json.loads(said.stdout)
    closed, opened = report["scenarios"]
    assert (report["passed"], report["failed"], report["not_told"]) == (1, 0, 1)
    assert closed["not_told"].startswith("it needs its own overrides; as things are, expected")
    assert not closed["passed"] and opened["passed"] and said.returncode == 0


def test_what_differs_is_told_with_its_place_and_what_was_heard(server: Server) -> None:
    """The server has not read the newer flow yet."""
    newer = DESK.replace("say: [hours, goodbye]", "say: prices")
    assert newer != DESK
    (server.folder / "newer.yaml").write_text(newer)
    said = server.tells(NEWER, "newer")
    assert said.returncode == 1
    assert said.stdout.startswith(
        "FAILED newer.yaml: another prompt\n"
        "newer.test.yaml:8:9: another prompt: expected to hear prices; "
        "heard hours, goodbye, and the line hung up\n"
        "\n"
        "what the caller heard and did:\n"
        "  00:00."
    )
    assert re.search(r"(?m)^  00:0\d\.\d  presses 1\n  00:0\d\.\d  hears hours$", said.stdout)


def test_a_call_that_ends_otherwise(server: Server) -> None:
    (server.folder / "busy.yaml").write_text(BUSY)
    said = server.tells(REFUSED, "busy")
    assert said.stdout.startswith(
        "FAILED busy.yaml: it\n"
        "busy.test.yaml:5:13: it: expected to be rejected with 486; "
        "the call is refused: 480 Temporarily Unavailable\n"
    )
    assert said.stdout.endswith("  hears shut\n0 passed, 1 failed, 0 not told\n")


def test_without_a_project_there_is_sound_or_not(server: Server, tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(DESK)
    (tmp_path / "desk.test.yaml").write_text(BARE)
    said = told(tmp_path, server.port, "desk")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "not looked at on a real call: welcome (only that there is sound), menu (" in said.stdout


def test_nobody_there(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(DESK)
    (tmp_path / "desk.test.yaml").write_text(BARE)
    said = told(tmp_path, free_port(), "desk")
    assert said.returncode == 1
    assert "to hear welcome; the call has no answer: Connection refused" in said.stdout


def test_an_address_that_is_none(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "ivr", "test", "--sip", "there"]
    said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (
        2, "ivr: --sip 'there': expected such as 192.0.2.10:5060\n",
    )  # fmt: skip

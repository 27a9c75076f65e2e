"""A server that calls itself, with and without a front: real SIP, real RTP."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
import urllib.request
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.fleet.self_call import Outcome, Plan, self_call

from ..ports import free_port, rtp_port
from ..sip import rendered
from ..sip.audio import RATE, write_wav

pytestmark = pytest.mark.line

FLOWS = {
    "menu": """
  only:
    do: [answer, {ask: {prompts: menu, choices: {one: [1]}, first_digit: 1200 ms, attempts: 5}}]
    then: {one: hours, no_input: end, no_match: end}
  hours: {do: [{say: hours}, {pause: 20 s}], then: {done: end}}
""",
    "deaf": """
  only:
    do: [answer, {ask: {prompts: menu, choices: {one: [9]}, first_digit: 1200 ms, attempts: 5}}]
    then: {one: end, no_input: end, no_match: end}
""",
    "mute": "  only: {do: [answer, {pause: 20 s}], then: {done: end}}\n",
    "late": "  only: {do: [{pause: 20 s}, answer], then: {done: end}}\n",
    "busy": "  only: {do: [{reject: 486}]}\n",
    "short": "  only: {do: [answer, {say: menu}, hang_up]}\n",
}


def noise(name: str) -> array[int]:
    """A prompt that does not repeat itself, as speech does not."""
    dice = random.Random(name)
    return array("h", (dice.randint(-8000, 8000) for _ in range(RATE // 2)))


class Server:
    """`ivr serve` in a process of its own."""

    def __init__(self, folder: Path, calls: int) -> None:
        self.folder = folder
        self.ports = {"sip": free_port(), "control": free_port()}
        (folder / "prompts/en").mkdir(parents=True)
        for name in ("menu", "hours"):
            write_wav(folder / f"prompts/en/{name}.wav", noise(name))
        for name, states in FLOWS.items():
            text = f"ivr: 1\nflow: {name}\nstart: only\nstates:\n{states}"
            (folder / f"{name}.yaml").write_text(text)
        settings = {
            "routes": {name: f"{name}.yaml" for name in FLOWS},
            "calls": calls,
            "sip": {"port": self.ports["sip"], "rtp_port": rtp_port()},
            "fleet": {"first_port": free_port()},
            "control": {"port": self.ports["control"]},
            "self_call": {"every": 60, "keys": "1", "patience": 20},
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

    def call(self, number: str, keys: str = "", patience: float = 2.0) -> Outcome:
        plan = Plan(("127.0.0.1", self.ports["sip"]), number, keys, patience)
        return asyncio.run(self_call(plan))

    def ivr(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ivr", *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['control']}/metrics") as answer:
            text: bytes = answer.read()
        return text.decode()

    def end(self) -> None:
        self.process.terminate()
        try:
            assert self.process.wait(20) == 0, self.log.read_text()
        finally:
            self.process.kill()
            assert self.process.stdout
            self.process.stdout.close()


@pytest.fixture(scope="module")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("served"), request.param)
    yield started
    started.end()


alone = pytest.mark.parametrize("server", [0], indirect=True, ids=["alone"])
everywhere = pytest.mark.parametrize("server", [0, 8], indirect=True, ids=["alone", "front"])


@everywhere
def test_it_walks_the_menu(server: Server) -> None:
    outcome = server.call("menu", "1", 20)
    assert outcome.result == "success", outcome.fault
    assert outcome.seconds is not None and outcome.seconds < 2


@alone
@pytest.mark.parametrize(
    ("number", "keys", "result", "fault"),
    [
        ("deaf", "1", "no_reaction", "key 1: expected other sound than before within 2 s"),
        ("mute", "", "silence", "sound: expected sound in RTP within 2 s, but none of "),
        ("late", "", "no_answer", "answer: expected 200 within 2 s, but it rang"),
        ("busy", "", "refused", "answer: expected 200, got SIP/2.0 486 "),
        ("nobody", "", "refused", "answer: expected 200, got SIP/2.0 404 "),
        ("short", "1", "hung_up", "key 1: expected other sound than before, but the line hung up"),
    ],
)
def test_what_is_wrong_is_found(
    server: Server, number: str, keys: str, result: str, fault: str
) -> None:
    outcome = server.call(number, keys)
    assert (outcome.result, outcome.fault[: len(fault)]) == (result, fault)


@alone
def test_the_command(server: Server) -> None:
    said = server.ivr("self-call")
    assert said.returncode == 0, said.stderr
    assert [line.split()[0] for line in said.stdout.splitlines()] == [
        "calling", "answered", "sound", "other", "hung",
    ]  # fmt: skip
    said = server.ivr("self-call", "--number", "busy")
    assert said.returncode == 1
    assert said.stderr.startswith("answer: expected 200, got SIP/2.0 486")


@everywhere
def test_the_server_called_itself_when_it_had_started(server: Server) -> None:
    deadline = time.monotonic() + 40
    while "ivr_self_call_success 1.0" not in (text := server.metrics()):
        assert time.monotonic() < deadline, text + server.log.read_text()
    assert 'ivr_self_calls_total{result="success"} 1.0' in text


@alone
def test_records_tell_who_called(server: Server) -> None:
    server.call("busy")
    deadline = time.monotonic() + 40
    while not (said := server.ivr("calls", "--caller", "self-call", "--flow", "busy")).stdout:
        assert time.monotonic() < deadline, said.stderr
    assert "self-call" in said.stdout

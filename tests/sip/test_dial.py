"""`ivr dial` and `ivr.dial`, against a peer: on a line of their own, and by the server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..ports import free_port, rtp_port
from . import audio, rendered
from .peer import Dialog, Peer

pytestmark = pytest.mark.line

SURVEY = """
ivr: 1
flow: survey
start: ask
states:
  ask:
    do: [answer, {ask: {prompts: question, attempts: 1, choices: {good: ["1"], bad: ["2"]}}}]
    then: {good: end, bad: end, no_input: end, no_match: end}
"""
TONES = {"question": 500, "take_it": 800}
PYTHON = """
import json, sys, threading
from ivr import END, Call, Flow, dial, say
flow = Flow("python", start="only")
@flow.state(done=END)
async def only(call: Call) -> str:
    return (await say(call, "question")).outcome
found = []
def once() -> None:
    outcome = dial(sys.argv[1], flow.check(), accept="none")
    found.append([outcome.outcome, outcome.code, outcome.record["path"]])
once()
thread = threading.Thread(target=once)
thread.start()
thread.join()
print(json.dumps(found))
"""
TAKEN = """
import socket, sys
from pathlib import Path
from ivr.dialling import call
from ivr.dialling.own_line import OwnLine, free_port
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
    taken.bind(("127.0.0.1", 0))
    line = OwnLine.of(Path("ivr.yaml"), "survey")
    ports = iter([taken.getsockname()[1], free_port("127.0.0.1")])
    line.free_port = lambda address: next(ports)
    print(call(line, {"to": sys.argv[1], "flow": "survey"}).outcome)
"""


class Office:
    """A project, and whom it calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "prompts/en").mkdir(parents=True)
        for name, hertz in TONES.items():
            tone = audio.sine(hertz, round(0.4 * audio.RATE))
            audio.write_wav(folder / f"prompts/en/{name}.wav", tone)
        (folder / "survey.yaml").write_text(SURVEY)
        (folder / "other.yaml").write_text(SURVEY.replace("flow: survey", "flow: other"))
        (folder / "ivr.yaml").write_text(
            'routes: {"*": other.yaml}\nflows: [survey.yaml]\n'
            f"sip: {{port: {free_port()}, rtp_port: {rtp_port()}}}\n"
            f"control: {{port: {free_port()}}}\n"
        )
        rendered.bring(folder / "var")
        self.peer = Peer(0)
        self.codes: tuple[int, ...] = (180, 200)
        self.started: list[subprocess.Popen[str]] = []
        self.calls: list[Dialog] = []
        self.peer.answer = self._answer
        self.to = f"sip:601@127.0.0.1:{self.peer.port}"

    def _answer(self, dialog: Dialog) -> None:
        self.calls.append(dialog)
        assert dialog.incoming
        self.peer.target = int(dialog.incoming.header("via").split(";")[0].rpartition(":")[2])
        for code in self.codes:
            if code == 200:
                dialog.accept()
            else:
                dialog.reply(dialog.incoming, code)
                dialog.over = code > 299

    def starts(self, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"},
        )  # fmt: skip
        self.started.append(process)
        return process

    def dials(self, *words: str, flow: str = "survey") -> subprocess.Popen[str]:
        return self.starts("-m", "ivr", "dial", self.to, "--flow", flow, *words)

    def is_called(self) -> Dialog:
        dialling = self.started[-1]
        if not self.peer.run(lambda: self.calls or dialling.poll() is not None, 40):
            dialling.send_signal(signal.SIGABRT)  # where is it? see faulthandler
        assert self.calls, dialling.communicate()
        return self.calls[-1]

    def hears(self, prompt: str) -> None:
        call = self.is_called()
        self.peer.expect(lambda: TONES[prompt] in dict(call.tones()), prompt, 20)

    def ends(self, process: subprocess.Popen[str]) -> tuple[int, str, str]:
        self.peer.expect(lambda: process.poll() is not None, "the end", 40)
        out, err = process.communicate()
        assert "Traceback" not in err, err
        return process.returncode, out, err

    def records(self) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", "ivr", "calls", "--json"],
            cwd=self.folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    for process in office.started:
        process.kill()
        process.communicate()
    rendered.keep(tmp_path / "var")
    office.peer.close()


def test_who_takes_the_call_walks_through_the_flow(office: Office) -> None:
    dialling = office.dials("--caller-id", "100", "--prompt", "take_it")
    office.hears("take_it")
    call = office.is_called()
    assert call.incoming and call.incoming.header("from").startswith("<sip:100@")
    call.press("1")
    office.hears("question")
    call.press("2")
    code, out, err = office.ends(dialling)
    assert (code, err) == (0, "")
    story = [line.split("  ", 1)[-1].strip() for line in out.splitlines()]
    assert story[0] == "601 is called" and story[-1] == "answered 200"
    assert {"it rings (180)", "is answered", "[ask]", "entry: typed 2"} <= set(story)
    (record,) = office.records()
    assert (record["direction"], record["flow"], record["outcome"]) == ("out", "survey", "bad")


def test_who_is_busy_is_told_of(office: Office) -> None:
    office.codes = (486,)
    code, out, _ = office.ends(office.dials("--json"))
    told = json.loads(out)
    assert (code, told["outcome"], told["code"]) == (1, "busy", 486)
    assert told["record"]["ended_by"] == "far_end"


def test_nobody_answers_in_time(office: Office) -> None:
    office.codes = (180,)
    code, out, _ = office.ends(office.dials("--ring", "1", flow="survey.yaml"))
    assert code == 1 and out.splitlines()[-1] == "no_answer 487"


def test_a_mailbox_does_not_take_it(office: Office) -> None:
    dialling = office.dials("--prompt", "take_it")
    office.hears("take_it")
    office.is_called().press("5")
    office.is_called().press("5")
    code, out, _ = office.ends(dialling)
    assert code == 1 and out.splitlines()[-1] == "not_accepted 200"


@pytest.mark.parametrize(
    ("codes", "request_", "ending"),
    [((180,), "CANCEL", "failed 487 operator"), ((200,), "BYE", "failed 200 operator")],
)
def test_ctrl_c_hangs_up(
    office: Office, codes: tuple[int, ...], request_: str, ending: str
) -> None:
    office.codes = codes
    dialling = office.dials("--accept", "none")
    call = office.is_called()
    if request_ == "BYE":
        office.hears("question")
    dialling.send_signal(signal.SIGINT)
    office.peer.expect(lambda: call.got(request_), request_)
    code, out, _ = office.ends(dialling)
    assert code == 1 and out.splitlines()[-1] == ending


def test_from_python_in_one_thread_and_then_another(office: Office) -> None:
    (office.folder / "caller.py").write_text(PYTHON)
    code, out, err = office.ends(office.starts("caller.py", office.to))
    assert code == 0, err
    assert json.loads(out) == [["answered", 200, "only"]] * 2
    assert len(office.calls) == 2 and len(office.records()) == 2


def test_a_port_that_was_free_a_moment_ago_is_taken(office: Office) -> None:
    office.codes = (486,)
    (office.folder / "caller.py").write_text(TAKEN)
    code, out, err = office.ends(office.starts("caller.py", office.to))
    assert (code, out) == (0, "busy\n"), err


def test_a_server_that_runs_makes_the_call(office: Office) -> None:
    server = office.starts("-m", "ivr", "serve")
    assert server.stdout and "Answering" in server.stdout.readline()
    try:
        dialling = office.dials("--accept", "none")
        office.hears("question")
        (life,) = [each.name for each in (office.folder / "var/run/lives").iterdir()]
        office.is_called().press("1")
        code, out, _ = office.ends(dialling)
        assert code == 0 and out.splitlines()[-1] == "answered 200"
        assert life.startswith("w0-")
        office.codes = (180,)
        dialling = office.dials()
        office.peer.expect(lambda: len(office.calls) == 2, "the second call", 40)
        dialling.send_signal(signal.SIGINT)
        office.peer.expect(lambda: office.calls[-1].got("CANCEL"), "CANCEL")
        assert office.ends(dialling)[0] == 1
        code, _, err = office.ends(office.dials(flow="servey"))
        assert code == 2 and "no flow 'servey'; there are: other, survey" in err
    finally:
        server.send_signal(signal.SIGTERM)
        assert office.ends(server)[0] == 0

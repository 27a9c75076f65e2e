"""A fleet that really runs: `ivr serve --calls N`, its processes, and a caller."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ivr import records
from ivr.config import load_settings
from ivr.engine.errors import SettingsError
from ivr.store import calls
from tests.ports import fleet_rtp_port, free_port
from tests.sip import audio, rendered
from tests.sip.peer import LOCAL, Dialog, Peer

TONES = {"hello": 400, "again": 500, "sorry": 1400}
ROOT = Path(__file__).parent
FLOWS = {
    # Stays until somebody hangs up.
    "stay": "[answer, {say: hello}, {pause: 55 s}, {pause: 55 s}, hang_up]",
    "short": "[{answer: {settle: 0 s}}, {say: hello}, hang_up]",
    "busy": "[{reject: 486}]",
    "overloaded": "[{reject: 503}]",
    "raises": "[answer, {set: {x: 1 / 0}}, hang_up]",
    "loops": None,
    "blocks": None,
    "hangs": None,
}
PYTHON = """
import time
from ivr import END, Call, Flow, answer
flow = Flow("{name}", start="only")
@flow.state(again="only", done=END)
async def only(call: Call) -> str:
    await answer(call)
    {body}
    return "again" if call.caller else "done"
"""
BODIES = {
    "loops": "pass",
    "blocks": "time.sleep(60)",
    # In C code, where no signal handler of Python's gets its turn.
    "hangs": "sum(range(10**14))",
}


class Town:
    """See the module.  `settings` are environment variables without their prefix."""

    def __init__(self, folder: Path, calls: int, **settings: object) -> None:
        self.folder = folder
        self.calls = calls
        self.port, self.control = free_port(), free_port()
        self.first_port = free_port(3 * calls)
        self.var = Path(str(settings.get("VAR", folder / "var")))
        variables = {
            "CALLS": calls,
            "SIP__PORT": self.port,
            "SIP__RTP_PORT": fleet_rtp_port(),
            "FLEET__FIRST_PORT": self.first_port,
            "CONTROL__PORT": self.control,
            "DRAIN_SECONDS": 1,
            **settings,
        }
        self.environment = {
            **os.environ, **{f"IVR_{name}": str(value) for name, value in variables.items()}
        }  # fmt: skip
        self.servers: list[subprocess.Popen[str]] = []
        self.log = folder / "log"
        self._write()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            self.database = records.database(load_settings(folder / "ivr.yaml"))
        self._earlier: set[str] = set()
        rendered.bring(self.var)
        self.start()
        rendered.keep(self.var)
        self.peer = Peer(self.port, host=str(settings.get("SIP__ADDRESS", LOCAL)))

    # -- the server -------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server, or another after it."""
        with self.log.open("a") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "ivr", "serve"],
                cwd=self.folder, env=self.environment,
                stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert server.stdout is not None
        assert f"up to {self.calls} calls" in server.stdout.readline(), self.log.read_text()
        self.servers.append(server)

    @property
    def server(self) -> subprocess.Popen[str]:
        return self.servers[-1]

    def afresh(self) -> None:
        """From now on, as if it had just been founded: no log, and no records."""
        self.log.write_text("")
        self._earlier |= {record["id"] for record in self._listed()}

    def close(self) -> int:
        """SIGTERM; the exit code."""
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
        try:
            self.peer.run(lambda: self.server.poll() is not None, 40)
        finally:
            self.peer.close()
            for server in self.servers:
                server.kill()
                server.wait()
                assert server.stdout is not None
                server.stdout.close()
        return self.server.returncode

    def says(self, text: str, seconds: float = 20) -> None:
        """The server's log has this, or will soon."""
        self.peer.expect(lambda: re.search(text, self.log.read_text()), text, seconds)

    def asks(self, path: str, method: str = "GET", body: object = None) -> Any:
        """The control API's answer.  Raises `HTTPError`."""
        token = (self.var / "control.token").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.control}{path}", method=method,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read().decode()
        return json.loads(text) if "json" in answer.headers["Content-Type"] else text

    def workers(self, state: str = "ready") -> list[dict[str, Any]]:
        listed = self.asks("/v1/workers")
        return [each for each in listed["workers"] if each["state"] == state]

    def worker_of(self, call: Dialog) -> dict[str, Any]:
        """The worker that has this call."""
        port = int(call.uri.rpartition(":")[2])
        return next(w for w in self.workers() if w["port"] == port)

    def callers_from(self, address: str) -> Peer:
        """Callers on another machine, from now on."""
        self.peer.close()
        self.peer = Peer(int(self.environment["IVR_SIP__PORT"]), host=address)
        self.peer.there = self.environment["IVR_SIP__ADDRESS"]
        return self.peer

    # -- calls ------------------------------------------------------------------------------------

    def up(self, number: int, user: str = "stay", pause: float = 0.02) -> list[Dialog]:
        """So many calls that are answered."""
        calls = []
        for _ in range(number):
            calls.append(self.peer.call(user))
            self.peer.run(None, pause)
        self.peer.expect(lambda: all(call.up for call in calls), f"{number} calls are answered", 30)
        return calls

    def end(self, calls: list[Dialog]) -> None:
        """The caller hangs up, and is told that he did."""
        for call in calls:
            call.bye()
        self.peer.expect(
            lambda: all(call.final("BYE") for call in calls), f"{len(calls)} BYEs are answered"
        )
        assert {final.code for call in calls if (final := call.final("BYE"))} == {200}

    def flood(self, user: str, rate: int, seconds: int) -> dict[int, int]:
        """INVITEs from somebody else; how often each final code came."""
        command = [
            "sipp", f"127.0.0.1:{self.port}", "-sf", str(ROOT / "flood.xml"), "-s", user,
            "-i", "127.0.0.1", "-p", str(free_port()), "-r", str(rate),
            "-m", str(rate * seconds), "-timeout", f"{seconds + 20}", "-trace_counts",
            "-nostdin", "-aa",
        ]  # fmt: skip
        sipp = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.peer.expect(lambda: sipp.poll() is not None, "sipp ends", seconds + 30)
        (counts,) = self.folder.glob("flood_*_counts.csv")
        names, *_, last = [line.split(";") for line in counts.read_text().splitlines()]
        found = dict(zip(names, last, strict=False))
        return {code: int(found[name]) for name in found for code in (200, 503)
                if re.fullmatch(rf"\d+_{code}_Recv", name)}  # fmt: skip

    def is_heard(self, call: Dialog) -> bool:
        """Whether sound still comes."""
        before = len(call.heard)
        return self.peer.run(lambda: len(call.heard) > before + 5, 10)

    def hears(self, call: Dialog, prompt: str, seconds: float = 20) -> None:
        self.peer.expect(
            lambda: TONES[prompt] in [hertz for hertz, _ in call.tones()], prompt, seconds
        )

    def records(self, count: int) -> list[dict[str, Any]]:
        """The records, once there are so many."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            found[:] = self._listed()
            return len(found) >= count

        self.peer.expect(enough, f"{count} records", 30)
        assert len({record["id"] for record in found}) == len(found) == count
        return found

    def ended_by(self, who: str, count: int) -> None:
        """Waits until at least so many records tell of calls that ended so."""
        self.peer.expect(
            lambda: [each["ended_by"] for each in self._listed()].count(who) >= count,
            f"{count} records of calls that {who} ended",
            30,
        )

    def records_of(self, calls: list[Dialog]) -> list[dict[str, Any]]:
        """The records of the calls that came last."""
        count = sum(dialog.up for dialog in self.peer.dialogs.values())
        return self.records(count)[: len(calls)]

    def _listed(self) -> list[dict[str, Any]]:
        self.peer.run(None, 0.2)
        try:
            with self.database.reading() as connection:
                listed = calls.find(connection, calls.Filter(), 1000)
        except SettingsError:  # there are none yet
            return []
        return [dict(row) for row in listed if row["id"] not in self._earlier]

    # -- the project ------------------------------------------------------------------------------

    def _write(self) -> None:
        sound = self.folder / "prompts/en"
        sound.mkdir(parents=True)
        for name, hertz in TONES.items():
            audio.write_wav(sound / f"{name}.wav", audio.sine(hertz, round(0.5 * audio.RATE)))
        (self.folder / "flows").mkdir()
        routes = {}
        for name, verbs in FLOWS.items():
            path = f"flows/{name}.{'yaml' if verbs else 'py'}"
            text = self.flow(name, verbs) if verbs else PYTHON.format(name=name, body=BODIES[name])
            (self.folder / path).write_text(text)
            routes[name] = path
        (self.folder / "ivr.yaml").write_text(json.dumps({"routes": routes}))

    @staticmethod
    def flow(name: str, verbs: str) -> str:
        return f"ivr: 1\nflow: {name}\nstart: only\nstates:\n  only:\n    do: {verbs}\n"

    def write_flow(self, name: str, verbs: str) -> None:
        (self.folder / f"flows/{name}.yaml").write_text(self.flow(name, verbs))


def children(pid: int) -> list[int]:
    """The processes below this one."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(number) for number in file.read().split()]


def command(pid: int) -> str:
    with open(f"/proc/{pid}/cmdline") as file:
        return file.read()

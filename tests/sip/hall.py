"""A served project: `ivr serve`, a caller, and the desk that calls are transferred to.

Prompts are tones, so that what a caller hears tells which prompt it was.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..ports import free_port, rtp_port
from . import audio, rendered
from .peer import Dialog, Peer

ROOT = Path(__file__).parents[2]
TONES = {  # hertz and seconds of each prompt
    "welcome": (300, 0.3),
    "menu": (400, 1.0),
    "connecting": (500, 0.1),
    "leave_message": (600, 0.1),
    "goodbye": (700, 0.1),
    "no_match": (800, 0.1),
    "which_extension": (900, 0.3),
    "no_such_extension": (1100, 0.1),
    "night": (1200, 0.5),
    "no_message": (1300, 0.1),
    "sorry": (1400, 0.2),
}
BEEP = 1000
SMALL = {  # verb by verb, each in a flow of its own
    "answer": "[{answer: {settle: 5 s}}, hang_up]",
    "say": "[answer, {say: menu}, {say: menu}, hang_up]",
    "ask": "[answer, {ask: {prompts: menu, choices: {one: [1]}}}]",
    "collect": "[answer, {collect: {prompts: menu, into: x, length: 4, sensitive: yes}}, hang_up]",
    "record": "[answer, {record: {min_seconds: 0}}, hang_up]",
    "transfer": '[answer, {transfer: "sip:ring@127.0.0.1:%d"}]',
    "refer": '[answer, {transfer: {to: "sip:say@127.0.0.1:%p", mode: refer}}]',
    "refer486": '[answer, {transfer: {to: "sip:no486@127.0.0.1:%p", mode: refer}}]',
    "long": "[answer, {say: [menu, menu, menu, menu, menu, menu]}, hang_up]",
    "pause": "[answer, {pause: 5 s}, hang_up]",
    "ringing": "[{pause: 5 s}, answer, hang_up]",
    "broken": "[answer, {set: {x: 1 / 0}}, hang_up]",
    "spoken": '[answer, {say: {text: "{{ caller }}, your number is {{ now.second }}."}}, hang_up]',
    "elsewhere": '[{redirect: {to: ["sip:a@192.0.2.1", "sip:b@192.0.2.2"], code: 301}}]',
    **{f"no{code}": f"[{{reject: {code}}}]" for code in (403, 404, 480, 486, 503, 603)},
}
ENDS = "{answered: end, busy: end, no_answer: end, rejected: end, unreachable: end, failed: end}"
THEN = {
    "ask": "{one: end, no_input: end, no_match: end}",
    "collect": "{no_input: end, no_match: end}",
    "record": "{too_short: end, failed: end}",
    "transfer": ENDS,
    "refer": ENDS,
    "refer486": ENDS,
}


class Hall:
    """A served project, a caller, and the desk that calls are transferred to."""

    def __init__(self, folder: Path, drain_seconds: int = 1) -> None:
        self.folder = folder
        self.port, self.desk_port = free_port(), free_port()
        self._write()
        environment = {
            **os.environ,
            "IVR_SIP__PORT": str(self.port),
            "IVR_SIP__RTP_PORT": str(rtp_port()),
            "IVR_DRAIN_SECONDS": str(drain_seconds),
        }
        rendered.bring(folder / "var")
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "ivr", "serve"],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.server.stdout is not None
        first = self.server.stdout.readline()
        assert "up to 4 calls" in first, self.log.read_text()
        rendered.keep(folder / "var")
        self.peer = Peer(self.port, self.desk_port)
        self.desk: list[Dialog] = []
        self.desk_says: tuple[int, ...] = (486,)
        self.peer.answer = self._at_the_desk

    def _write(self) -> None:
        sound = self.folder / "prompts/en"
        sound.mkdir(parents=True)
        for name, (hertz, seconds) in TONES.items():
            audio.write_wav(sound / f"{name}.wav", audio.sine(hertz, round(seconds * audio.RATE)))
        flows = self.folder / "flows"
        flows.mkdir()
        sample = (ROOT / "flows/auto_attendant.yaml").read_text()
        sample = sample.replace("127.0.0.1:5070", f"127.0.0.1:{self.desk_port}")
        sample = sample.replace("prompts: menu\n", "prompts: menu\n        first_digit: 300 ms\n")
        sample = sample.replace("[01-01, 12-25, 12-26]", "[]")
        hours = "Mon-Fri 09:00-17:30"
        assert hours in sample
        (flows / "day.yaml").write_text(sample.replace(hours, "Mon-Sun 00:00-24:00"))
        for name, verbs in SMALL.items():
            verbs = verbs.replace("%d", str(self.desk_port)).replace("%p", str(self.port))
            (flows / f"{name}.yaml").write_text(
                f"ivr: 1\nflow: {name}\nstart: only\nstates:\n  only:\n    do: {verbs}\n"
                + (f"    then: {THEN[name]}\n" if name in THEN else "")
            )
        routes = {name: f"flows/{name}.yaml" for name in ("day", *SMALL)}
        (self.folder / "ivr.yaml").write_text(json.dumps({"routes": routes}))

    def _at_the_desk(self, dialog: Dialog) -> None:
        self.desk.append(dialog)
        assert dialog.incoming
        for code in self.desk_says:
            if code == 200:
                dialog.accept()
            else:
                dialog.reply(dialog.incoming, code)
                dialog.over = code > 299

    def hears(self, call: Dialog, *names: str) -> None:
        """The caller hears, or has heard, these prompts one after the other."""
        want = [BEEP if name == "beep" else TONES[name][0] for name in names]

        def heard() -> bool:
            tones = [hertz for hertz, _ in call.tones()]
            return any(tones[i : i + len(want)] == want for i in range(len(tones)))

        try:
            self.peer.expect(heard, f"{names} is heard", 20)
        except AssertionError:
            raise AssertionError(f"expected {want}, heard {call.tones()}") from None

    def is_called_at(self, number: str) -> Dialog:
        """The desk is called under this number."""
        before = len(self.desk)
        self.peer.expect(lambda: len(self.desk) > before or self._has(number), f"desk {number}")
        assert self._has(number)
        return self.desk[-1]

    def _has(self, number: str) -> bool:
        request = self.desk[-1].incoming if self.desk else None
        return request is not None and f"sip:{number}@" in request.first

    def journal(self, call: Dialog | None = None, flow: str = "") -> list[dict[str, Any]]:
        """The journal of the newest call (through a flow); complete when it tells of the end.

        Without its SIP messages, which may come after that: see `signals`.
        """

        def lines() -> list[dict[str, Any]]:
            return [line for line in self._journal(flow) if "sip" not in line]

        self.peer.expect(lambda: any(line.get("kind") == "end" for line in lines()), "the end")
        return lines()

    def signals(self, flow: str = "") -> list[dict[str, Any]]:
        """The SIP messages of that call, as its journal has them by now."""
        return [line for line in self._journal(flow) if "sip" in line]

    def _journal(self, flow: str) -> list[dict[str, Any]]:
        files = (self.folder / "var/calls").rglob("*.jsonl")
        journals = [[json.loads(line) for line in f.read_text().splitlines()] for f in files]
        # Not by the time of the file: SIP messages of an earlier call may have come late.
        of_flow = [lines for lines in journals if lines and flow in ("", lines[0]["flow"])]
        return max(of_flow, key=lambda lines: float(lines[0]["wall"]), default=[])

    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(f.read_text()) for f in sorted(self.folder.glob("var/messages/*.json"))]

    def close(self) -> int:
        self.server.send_signal(signal.SIGTERM)
        try:
            self.peer.run(lambda: self.server.poll() is not None, 30)
        finally:
            self.server.kill()
            self.release()
        return self.server.wait()

    def release(self) -> None:
        self.peer.close()
        assert self.server.stdout is not None
        self.server.stdout.close()

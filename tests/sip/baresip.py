"""A phone with a SIP stack of its own: baresip, told what to do over its control port.

It speaks a tone from a file, and what it hears it writes into a file; no sound card is needed.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..ports import free_port
from . import audio
from .peer import LOCAL

MODULES = Path("/usr/lib/baresip/modules")
CONFIG = """\
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module account.so
module_app menu.so
module ctrl_tcp.so
ctrl_tcp_listen {local}:{control}
sip_listen {local}:{port}
net_interface {local}
rtp_ports {rtp}-{last}
audio_source aufile,{folder}/speaks.wav
audio_player aubridge,ear
audio_alert aubridge,bell
snd_path {folder}
call_local_timeout 20
statmode_default off
"""
SPEAKS = 500  # hertz


class Baresip:
    """The program, from start to end.  `events` is what it told."""

    def __init__(self, folder: Path, move: Callable[[Callable[[], object], str], None]) -> None:
        folder.mkdir()
        self.folder, self.move = folder, move
        self.port, control, rtp = free_port(), free_port(), free_port(22) + 1 & ~1
        self.events: list[dict[str, Any]] = []
        self._answers: list[str] = []
        self._buffer = b""
        audio.write_wav(folder / "speaks.wav", audio.sine(SPEAKS, 60 * audio.RATE))
        (folder / "config").write_text(
            CONFIG.format(
                modules=MODULES, local=LOCAL, control=control, port=self.port, folder=folder,
                rtp=rtp, last=rtp + 20,
            )
        )  # fmt: skip
        account = f"<sip:bare@{LOCAL}:{self.port};transport=udp>;regint=0;audio_codecs=pcmu\n"
        (folder / "accounts").write_text(account)
        (folder / "contacts").write_text("")
        program = shutil.which("baresip")
        assert program, "apt-get install baresip"
        self.log = folder / "log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [program, "-4", "-v", "-f", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._control = socket.socket()
        move(lambda: self._control.connect_ex((LOCAL, control)) == 0, "baresip listens")
        self._control.setblocking(False)

    def tell(self, command: str, params: str = "") -> None:
        text = json.dumps({"command": command, "params": params}).encode()
        self._control.sendall(b"%d:%b," % (len(text), text))

    def expect(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Waits for the `count`-th event of a type."""

        def found() -> list[dict[str, Any]]:
            self._read()
            return [event for event in self.events if event.get("type") == kind]

        self.move(lambda: len(found()) >= count, f"baresip: {kind}")
        return found()[count - 1]

    def heard(self) -> list[tuple[int, int]]:
        """(tone, packets) in the order heard, until a first hold, after which it writes no more."""
        files = sorted(self.folder.glob("dump-*-dec.wav"))
        return [run for file in files for run in audio.tones_of(file)]

    def received(self) -> int:
        """How many RTP packets of the call have come."""
        before = len(self._answers)
        self.tell("audio_debug")

        def told() -> bool:
            self._read()
            return len(self._answers) > before

        self.move(told, "baresip: audio_debug")
        found = re.search(r"rcvd=(\d+)", self._answers[-1])
        return int(found[1]) if found else 0

    def hears(self, *tones: int) -> None:
        """Waits until these tones were heard one after the other."""

        def heard() -> bool:
            loud = [tone for tone, packets in self.heard() if tone > 0 and packets > 2]
            return any(loud[n : n + len(tones)] == list(tones) for n in range(len(loud)))

        try:
            self.move(heard, f"baresip hears {tones}")
        except AssertionError:
            raise AssertionError(f"expected {tones}, baresip heard {self.heard()}") from None

    def _read(self) -> None:
        with suppress(BlockingIOError):
            self._buffer += self._control.recv(1 << 16)
        while b":" in self._buffer:
            size, _, rest = self._buffer.partition(b":")
            if len(rest) <= int(size):
                return
            told = json.loads(rest[: int(size)])
            if "event" in told:
                self.events.append(told)
            else:
                self._answers.append(told["data"])
            self._buffer = rest[int(size) + 1 :]

    def close(self) -> None:
        self._control.close()
        self._process.terminate()
        try:
            self._process.wait(5)
        finally:
            self._process.kill()
            self._process.wait()

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ivr.engine.call_out import CallOut
from ivr.engine.effects import Effect, Play
from ivr.engine.errors import SettingsError
from ivr.engine.events import Event, HungUp
from ivr.engine.signalled import Signalled
from ivr.sip.settings import LineSettings

from ..ports import free_port, rtp_port
from . import audio
from .peer import Peer

if TYPE_CHECKING:
    from ivr.sip.phone import Phone
    from ivr.sip.speech import Open

Script = Callable[[Event], Sequence[Effect]]
Ready = Callable[[Sequence[Path]], None]
Find = Callable[[Play, Ready], None]
Prompts = Callable[[Callable[[Callable[[], None]], None]], Find]


class Line:
    """A phone in a process of its own, driven by a script, and what it reported."""

    def __init__(self, settings: LineSettings, pid: int, pipe: int, peer_port: int) -> None:
        self.settings = settings
        self.port = settings.port
        self.pid = pid
        self.events: list[tuple[str, Event]] = []
        self.signals: list[tuple[str, Signalled]] = []
        self.ready: dict[str, Any] = {}
        self.failed = ""
        self.status: int | None = None
        self._pipe = pipe
        self._buffer = b""
        self.peer = Peer(self.port, peer_port)
        self.watch(self.peer)

    def watch(self, peer: Peer) -> Peer:
        peer.extra.append((self._pipe, self.read))
        return peer

    def read(self) -> None:
        data = os.read(self._pipe, 1 << 16)
        if not data:
            self.peer.extra.clear()
            return
        self._buffer += data
        while len(self._buffer) >= 4:
            (size,) = struct.unpack("!I", self._buffer[:4])
            if len(self._buffer) < 4 + size:
                return
            item = pickle.loads(self._buffer[4 : 4 + size])
            self._buffer = self._buffer[4 + size :]
            if isinstance(item, dict):
                self.ready = item
            elif isinstance(item, str):
                self.failed = item
            elif isinstance(item[1], Signalled):
                self.signals.append(item)
            else:
                self.events.append(item)

    def of(self, kind: type[Any], call: str = "") -> list[Any]:
        return [e for id, e in self.events if isinstance(e, kind) and call in ("", id)]

    def expect(self, kind: type[Any], seconds: float = 15.0, count: int = 1) -> Any:
        """Waits for the `count`-th event of a kind."""
        self.peer.expect(lambda: len(self.of(kind)) >= count, kind.__name__, seconds)
        return self.of(kind)[count - 1]

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def alive(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is None

    def close(self) -> None:
        self.peer.close()
        os.close(self._pipe)

    def kill(self) -> None:
        """The end of a process that has no time for anything."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.status = 0

    def end(self) -> int:
        """SIGTERM, and the exit code."""
        if self.alive():
            self.signal(signal.SIGTERM)
        if not self.peer.run(lambda: not self.alive(), 20):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -signal.SIGKILL
        assert self.status is not None
        return self.status


class StartLine(Protocol):
    def __call__(self, script: Callable[[], Script], **settings: Any) -> Line: ...


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tones")


@pytest.fixture
def prompts_of(tones: Path) -> Prompts:
    """Prompts that are handed over by a function of the test's."""

    def through(hand: Callable[[Callable[[], None]], None]) -> Find:
        def find(play: Play, ready: Ready) -> None:
            files = [audio.prompt(tones, str(name)) for name in play.prompts]
            hand(lambda: ready(files))

        return find

    return through


@pytest.fixture
def line(tmp_path: Path, tones: Path) -> Iterator[StartLine]:
    """Starts lines, and sees to it that none of them crashed."""
    lines: list[Line] = []

    def start(script: Callable[[], Script], **changed: Any) -> Line:
        started = launch(script, tones, **{"recordings": tmp_path / "rec", **changed})
        lines.append(started)
        started.peer.expect(lambda: started.ready or started.failed, "the line is ready", 30)
        return started

    yield start
    codes = [started.end() for started in lines]
    for started in lines:
        started.close()
    assert all(code == 0 for code in codes), f"a line ended with {codes}"


def launch(script: Callable[[], Script], tones: Path, **changed: Any) -> Line:
    peer_port: int = changed.pop("peer_port", 0)
    orders: Sequence[CallOut] = changed.pop("orders", ())
    prompts: Find = changed.pop("prompts", None) or (
        lambda play, ready: ready([audio.prompt(tones, str(name)) for name in play.prompts])
    )
    open: Open | None = changed.pop("open", None)
    import ivr.sip.phone  # noqa: F401  # before the fork, as a fleet does

    settings = LineSettings(**{"port": free_port(), "rtp_port": rtp_port(), **changed})
    out, into = os.pipe()
    pid = os.fork()
    if pid:
        os.close(into)
        return Line(settings, pid, out, peer_port)
    code = 70
    try:
        os.close(out)
        code = serve(settings, script, prompts, into, orders, open)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def serve(
    settings: LineSettings, script: Callable[[], Script], prompts: Find, into: int,
    orders: Sequence[CallOut], open: Open | None,
) -> int:  # fmt: skip
    """The child: what a worker does, with a script for a flow."""
    from ivr.sip.phone import Phone

    def tell(item: object) -> None:
        data = pickle.dumps(item)
        os.write(into, struct.pack("!I", len(data)) + data)

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, force=True)
    phone = Phone(settings, prompts, open)
    ending: list[int] = []
    due: list[CallOut] = []

    def on_term(number: int, frame: object) -> None:
        ending.append(number)
        phone.wake()

    def on_usr2(number: int, frame: object) -> None:
        due.extend(orders)
        phone.wake()

    signal.signal(signal.SIGTERM, on_term)
    signal.signal(signal.SIGUSR1, lambda number, frame: phone.refuse())
    signal.signal(signal.SIGUSR2, on_usr2)
    gc.disable()
    try:
        phone.start()
    except SettingsError as error:
        tell(str(error))
        return 0
    tell({"capacity": phone.capacity, "shim": phone.shim})
    scripts: dict[str, Script] = {}
    while not ending:
        while due:
            phone.dial(due.pop())
        for call, event in phone.wait(0.5):  # as a worker does: SIP messages alone end no wait
            tell((call, event))
            if not isinstance(event, Signalled):
                react(phone, scripts, script, call, event)
    for told in phone.stop():
        tell(told)
    assert phone.live == 0
    return 0


def react(
    phone: Phone, scripts: dict[str, Script], script: Callable[[], Script], call: str, event: Event
) -> None:
    if call not in scripts:
        scripts[call] = script()
    for effect in scripts[call](event):
        phone.perform(call, effect)
    if isinstance(event, HungUp):
        del scripts[call]


def memory(pid: int) -> tuple[int, int, int]:
    """Resident kB, threads and open files of a process.

    Not its private kB: a page that is shared with the test becomes private when the test writes.
    """
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmRSS"))
    return resident, len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))


__all__ = ["Line", "StartLine", "memory"]

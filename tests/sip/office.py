"""A phone with accounts, in a process of its own: it tells how they are, and does what it hears."""

from __future__ import annotations

import ctypes
import dataclasses
import gc
import json
import logging
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from ivr.engine.effects import Answer
from ivr.engine.events import Offered
from ivr.sip.accounts import LineAccount
from ivr.sip.settings import LineSettings

from ..ports import free_port, rtp_port
from . import resolver


class Office:
    """`told` is what it said: states of accounts, calls, and how calls out went."""

    def __init__(
        self, folder: Path, *accounts: LineAccount, known: dict[str, str] | None = None,
        t1: int = 200, **settings: Any,
    ) -> None:  # fmt: skip
        """`known`: the names that have an address, where not every name is asked for as it is;
        `t1` in milliseconds: what nobody answers fails after 64 of these."""
        import ivr.sip.phone  # noqa: F401  # before the fork, as a fleet does

        self.settings = LineSettings(
            recordings=folder / "rec", port=free_port(), rtp_port=rtp_port(), accounts=accounts,
            **settings,
        )  # fmt: skip
        self.told: list[dict[str, Any]] = []
        self._rest = b""
        out, into = os.pipe()
        commands, self._commands = os.pipe()
        self.pid = os.fork()
        if self.pid:
            self._out = out
            os.close(into)
            os.close(commands)
            return
        code = 70
        try:
            os.close(out)
            os.close(self._commands)
            with (folder / "office.log").open("a") as log:
                os.dup2(log.fileno(), 2)
            code = _serve(self.settings, commands, into, known, t1)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def do(self, *words: str) -> None:
        os.write(self._commands, (json.dumps(words) + "\n").encode())

    def hear(self, seconds: float) -> None:
        """Reads what it tells, for so long at most."""
        if select.select([self._out], [], [], seconds)[0]:
            self._rest += os.read(self._out, 1 << 16)
            *lines, self._rest = self._rest.split(b"\n")
            self.told += [json.loads(line) for line in lines]

    def states(self, account: str) -> list[str]:
        """The states that an account went through."""
        return [t["state"] for t in self.told if t.get("account") == account]

    def state(self, account: str) -> dict[str, Any]:
        return next((t for t in reversed(self.told) if t.get("account") == account), {})

    def expect(self, condition: Any, what: str, seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"never: {what}; told {self.told}"
            self.hear(0.05)

    def becomes(self, account: str, state: str, seconds: float = 20.0) -> dict[str, Any]:
        self.expect(
            lambda: self.state(account).get("state") == state, f"{account} {state}", seconds
        )
        return self.state(account)

    def end(self) -> None:
        """SIGTERM, unless it is over."""
        if not self.pid:
            return
        pid, self.pid = self.pid, 0
        os.kill(pid, signal.SIGTERM)
        _, status = os.waitpid(pid, 0)
        os.close(self._out)
        os.close(self._commands)
        assert status == 0, status


class _Callee:
    """Who is called."""

    leg: Any = None

    def __init__(self, tell: Any) -> None:
        self._tell = tell

    def confirmed(self) -> None:
        self._tell({"call": 200})

    def ended(self, code: int, reason: str) -> None:
        self._tell({"call": code, "reason": reason})

    def media_changed(self) -> None: ...

    def pressed(self, key: str, transport: str) -> None: ...

    def referred(self, code: int, final: bool) -> None: ...


def _obey(phone: Any, callee: _Callee, command: list[str]) -> None:
    import pjsua2 as pj

    match command:
        case ["keep"]:
            phone.registrar.keep()
        case ["leave"]:
            phone.registrar.leave()
        case ["dial", account, uri]:
            phone._stack.dial(callee, f"<{uri}>", pj.CallOpParam(True), account)


def _serve(
    settings: LineSettings, commands: int, into: int, known: dict[str, str] | None, t1: int
) -> int:
    from pjsua2 import _pjsua2

    from ivr.sip.phone import Phone

    def tell(item: dict[str, Any]) -> None:
        os.write(into, (json.dumps(item) + "\n").encode())

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, force=True)
    phone = Phone(settings, lambda play, ready: ready([]))
    registrar, ending = phone.registrar, list[int]()
    registrar.failed = lambda account: tell({"failed": account})
    signal.signal(signal.SIGTERM, lambda number, frame: ending.append(number))
    gc.disable()
    phone.start()
    if known is not None:
        resolver.install(known)
    ctypes.CDLL(_pjsua2.__file__).pjsip_tsx_set_timers(t1, 8 * t1, 8 * t1, 64 * t1)
    before: list[Any] = []
    callee = _Callee(tell)
    while not ending:
        for call, event in phone.wait(0.05):
            if isinstance(event, Offered):
                tell({"offered": event.dialled})
                phone.perform(call, Answer())
        for state in (states := registrar.states()):
            if state not in before:
                tell({"at": time.time(), **dataclasses.asdict(state)})
        before = states
        if select.select([commands], [], [], 0)[0]:
            for line in os.read(commands, 4096).decode().splitlines():
                _obey(phone, callee, json.loads(line))
    phone.stop()
    return 0

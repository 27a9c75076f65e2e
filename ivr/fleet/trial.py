"""A test call: a line of its own, on a free port, and a caller; is sound heard both ways?

For `ivr doctor`.  The line runs in a process of its own, with the addresses and RTP ports of the
settings; the caller is that of self-calls, which shares nothing with the stack.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..config import Settings
from ..sip.caller import Caller, caller
from ..sip.check import Finding
from ..sip.overheard import media_of
from ..sip.rtp import TONE

KEY = "5"
PATIENCE = 3.0  # seconds for each step
START = 15.0  # seconds for the line to listen
SPOKEN = 0.4  # seconds that we speak

SOUND_REMEDY = (
    "let UDP from and to the RTP ports pass the firewall of this machine; behind a NAT, compare"
    " sip.public_address with what peers can reach"
)


@dataclass
class Trial:
    """What both ends found.  Times are seconds; None: it did not happen."""

    fault: str = ""
    """Why there was no call."""
    answered: float | None = None
    media: str = ""
    """What the answer's SDP says of audio."""
    heard: float | None = None
    """From the answer to the line's first sound."""
    reacted: float | None = None
    """From a key to other sound than before."""
    line: dict[str, Any] = field(default_factory=dict)
    """What the line told at the end: see `trial_line`."""


def trial(settings: Settings) -> list[Finding]:
    """Makes the call, and judges it."""
    return list(judged(asyncio.run(_trial(settings))))


def judged(found: Trial) -> Iterator[Finding]:
    """A verdict on each thing that a call needs."""
    if found.answered is None:
        remedy = "see the findings above; `sip.log_level: 3` and `ivr serve` tell more"
        yield Finding("test call", False, found.fault, remedy)
        return
    answered = f"answered after {1000 * found.answered:.0f} ms, with {found.media}"
    yield Finding("test call", True, answered)
    if found.heard is None:
        yield Finding("sound to callers", False, "the caller heard nothing", SOUND_REMEDY)
    else:
        first = f"a tone was heard {1000 * found.heard:.0f} ms after the answer"
        yield Finding("sound to callers", True, first)
    sound, media = float(found.line.get("sound", 0)), found.line.get("media", {})
    if sound < SPOKEN / 2:
        came = media.get("packets_received", 0)
        detail = f"the line heard {sound:.1f} s of a caller's tone, in {came} packets"
        yield Finding("sound from callers", False, detail, SOUND_REMEDY)
    else:
        detail = f"the line heard {sound:.1f} s of a caller's tone, {media.get('codec', '?')}"
        yield Finding("sound from callers", True, detail)
    if found.line.get("key") != KEY:
        got = found.line.get("key") or "nothing"
        remedy = "keys come as RFC 4733 events in RTP: see what is between; else by SIP INFO"
        yield Finding("keys", False, f"a caller pressed {KEY}, and {got} came", remedy)
    elif found.reacted is None:
        remedy = "`ivr serve` with `sip.log_level: 3` tells more"
        yield Finding("keys", False, f"{KEY} came, but the next prompt was not heard", remedy)
    else:
        detail = f"{KEY} came, and other sound {1000 * found.reacted:.0f} ms later"
        yield Finding("keys", True, detail)


async def _trial(settings: Settings) -> Trial:
    sip = settings.sip
    host = "127.0.0.1" if sip.address == "0.0.0.0" else sip.address
    first, count = sip.rtp_port, sip.rtp_ports
    try:
        port = _free_port(host, range(first, first + count))
    except OSError as error:
        return Trial(f"no port of {host} can be had: {error.strerror}")
    line = {
        "address": sip.address, "port": port, "public_address": sip.public_address, "tcp": False,
        "rtp_port": first, "rtp_ports": count, "log_level": sip.log_level, "shim": sip.shim,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ivr.fleet.trial_line", json.dumps(line),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout
    found = Trial()
    try:
        told = await _told(process.stdout)
        if "listens" not in told:
            return Trial(told.get("fault") or "the line did not start")
        async with caller((host, port), "trial", "doctor") as call:
            await _measure(call, found)
        found.line = await _told(process.stdout)
    except OSError as error:
        found.fault = f"no way to {host}:{port}: {error.strerror or error}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
    return found


async def _told(stdout: asyncio.StreamReader) -> dict[str, Any]:
    """The next line of JSON; empty: there is none."""
    try:
        async with asyncio.timeout(START):
            line = await stdout.readline()
    except TimeoutError:
        return {}
    return dict(json.loads(line)) if line else {}


async def _measure(call: Caller, found: Trial) -> None:
    now = asyncio.get_running_loop().time
    began = now()
    call.speak(TONE)
    status = await call.call(PATIENCE)
    if not 200 <= status < 300:
        answer = call.answer.splitlines()[0] if call.answer else call.trouble or "no answer"
        found.fault = f"expected 200, got {answer}"
        await call.hang_up(PATIENCE)
        return
    answered = now()
    found.answered = answered - began
    found.media = media_of(call.answer.encode("utf-8", "replace"))
    first = await call.hear(PATIENCE)
    found.heard = None if first is None else max(0.0, first - answered)
    await asyncio.sleep(SPOKEN)
    pressed = now()
    call.press(KEY)
    second = await call.hear(PATIENCE)
    found.reacted = None if second is None else second - pressed
    await call.hang_up(PATIENCE)


def _free_port(host: str, taken: range) -> int:
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port

"""The caller: one process and one thread that places all calls of a run.

RTP leaves every 20 ms a call, the calls spread over slots of 1 ms.
"""

from __future__ import annotations

import ctypes
import gc
import heapq
import itertools
import random
import resource
import secrets
import select
import socket
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Literal

from .kernel import DTMF_PT
from .message import Message, media
from .plan import KEY, LOCAL, USER, WRONG_KEY, Plan
from .speaker import NOISE, Speaker

MS = 1_000_000  # all times here are monotonic, in ns
SECOND = 1000 * MS
T1 = SECOND // 2  # RFC 3261, 17.1.1.1
SETUP_LIMIT, CALL_LIMIT, BYE_LIMIT = 8 * SECOND, 25 * SECOND, 4 * SECOND
STRAGGLERS = SECOND // 2  # what still comes after a call finds an open port
LAST_LIMIT = 10 * SECOND
SLOTS = 20
PR_SET_TIMERSLACK = 29


@dataclass(frozen=True, slots=True)
class Pace:
    """How well the caller kept its own time."""

    cpu: float
    """Seconds."""
    late_p99_ms: float
    late_max_ms: float
    unsent: int
    """Packets that the kernel did not take."""


@dataclass(slots=True)
class Call:
    number: int
    id: str
    uri: str
    to: str
    speaker: Speaker
    tag: str = field(default_factory=lambda: secrets.token_hex(5))
    branch: str = field(default_factory=lambda: _branch())
    cseq: int = 1
    route: list[str] = field(default_factory=list)
    sdp: str = ""
    state: Literal["inviting", "proceeding", "up", "ending", "over"] = "inviting"
    pending: set[str] = field(default_factory=set)


class Caller:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._chance = random.Random(1)  # when keys are pressed: the same in every run
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._sip.bind((LOCAL, plan.port))
        self._sip.setblocking(False)
        self._ports = itertools.cycle(range(plan.rtp[0], plan.rtp[1], 2))
        self._live: dict[str, Call] = {}
        self._started = itertools.count()
        self._timers: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._timer_numbers = itertools.count()
        self._slots: list[list[Speaker]] = [[] for _ in range(SLOTS)]
        self._behind = array("I")  # µs, of each slot that sent
        self._unsent = 0

    # -- the loop ---------------------------------------------------------------------------------

    def run(self) -> Pace:
        """Make the calls of the plan, and wait for the last to end."""
        used = _cpu()
        start = time.monotonic_ns()
        closing = start + int(self._plan.seconds * SECOND)
        latest = closing + int(self._plan.hold * SECOND) + CALL_LIMIT + LAST_LIMIT
        gap = int(SECOND / self._plan.rate)
        next_call = self._slot_at = start
        self._slot = 0
        while True:
            now = self._speak()
            while self._timers and self._timers[0][0] <= now:
                _, _, action, arguments = heapq.heappop(self._timers)
                action(*arguments)
            if now < closing:
                while next_call <= now and len(self._live) < self._plan.calls:
                    self._invite()
                    next_call += gap
                if len(self._live) >= self._plan.calls:
                    next_call = max(next_call, now)
            elif not self._live or now > latest:
                break
            self._rest(now, next_call)
        return self._pace(_cpu() - used)

    def _speak(self) -> int:
        """Send what is due.  Returns the time."""
        now = time.monotonic_ns()
        while self._slot_at <= now:
            if speakers := self._slots[self._slot]:
                for speaker in speakers:
                    speaker.tick()
                self._behind.append((now - self._slot_at) // 1000)
                now = time.monotonic_ns()
            self._slot = (self._slot + 1) % SLOTS
            self._slot_at += MS
        return now

    def _rest(self, now: int, next_call: int) -> None:
        """Until something is due or comes; what comes is answered."""
        due = self._slot_at
        if not any(self._slots):
            wishes = [now + 50 * MS, next_call if next_call > now else now + 20 * MS]
            due = min(wishes + [timer[0] for timer in self._timers[:1]])
            skipped = max(0, (due - self._slot_at) // MS)
            self._slot = (self._slot + skipped) % SLOTS
            self._slot_at += skipped * MS
        patience = max(0, due - time.monotonic_ns()) / SECOND
        if not select.select([self._sip], [], [], patience)[0]:
            return
        for _ in range(32):
            try:
                data, source = self._sip.recvfrom(65535)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if data.strip():
                self._hear(Message.parse(data), source)

    def _at(self, when: int, action: Callable[..., None], *arguments: object) -> None:
        heapq.heappush(self._timers, (when, next(self._timer_numbers), action, arguments))

    def _pace(self, cpu: float) -> Pace:
        behind = sorted(self._behind) or [0]
        late = behind[len(behind) * 99 // 100] / 1000
        return Pace(cpu, late, behind[-1] / 1000, self._unsent)

    # -- what is sent -----------------------------------------------------------------------------

    def _send(self, lines: list[str], body: str, to: tuple[str, int]) -> None:
        text = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
        try:
            self._sip.sendto(text.encode(), to)
        except OSError:
            self._unsent += 1

    def _request(self, call: Call, method: str, branch: str, cseq: int, *more: str) -> list[str]:
        here = f"{LOCAL}:{self._plan.port}"
        return [
            f"{method} {call.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};rport;branch={branch}",
            "Max-Forwards: 70",
            f"From: <sip:caller@{here}>;tag={call.tag}",
            f"To: {call.to}",
            f"Call-ID: {call.id}",
            f"CSeq: {cseq} {method}",
            *[f"Route: {proxy}" for proxy in call.route],
            *more,
        ]

    @property
    def _contact(self) -> str:
        return f"Contact: <sip:caller@{LOCAL}:{self._plan.port}>"

    def _reliably(self, call: Call, method: str, lines: list[str], body: str, limit: int) -> None:
        """Send a request again until it is no longer pending: timers A and B of RFC 3261."""
        call.pending.add(method)
        self._again(call, method, lines, body, T1, time.monotonic_ns() + limit)

    def _again(
        self, call: Call, method: str, lines: list[str], body: str, gap: int, deadline: int
    ) -> None:
        if method not in call.pending:
            return
        now = time.monotonic_ns()
        if now >= deadline:
            self._over(call)
            return
        self._send(lines, body, self._plan.target)
        rest = (call, method, lines, body, min(gap * 2, 8 * T1), deadline)
        self._at(min(now + gap, deadline), self._again, *rest)

    def _invite(self) -> None:
        host, port = self._plan.target
        uri = f"sip:{self._plan.user or USER[self._plan.job]}@{host}:{port}"
        speaker = Speaker(self._ports, self._chance, self._plan.says or NOISE)
        call = Call(next(self._started), secrets.token_hex(12), uri, f"<{uri}>", speaker)
        call.sdp = (
            f"v=0\r\no=caller {call.number} 1 IN IP4 {LOCAL}\r\ns=-\r\nc=IN IP4 {LOCAL}\r\n"
            f"t=0 0\r\nm=audio {speaker.port} RTP/AVP 0 {DTMF_PT}\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a=rtpmap:{DTMF_PT} telephone-event/8000\r\na=fmtp:{DTMF_PT} 0-16\r\n"
            "a=ptime:20\r\na=sendrecv\r\n"
        )
        self._live[call.id] = call
        allow = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO"
        kind = "Content-Type: application/sdp"
        lines = self._request(call, "INVITE", call.branch, 1, self._contact, allow, kind)
        self._reliably(call, "INVITE", lines, call.sdp, SETUP_LIMIT)

    def _acknowledge(self, call: Call, branch: str) -> None:
        self._send(self._request(call, "ACK", branch, 1), "", self._plan.target)

    def _hang_up(self, call: Call) -> None:
        if call.state != "up":
            return
        call.state = "ending"
        self._hush(call)
        call.cseq += 1
        lines = self._request(call, "BYE", _branch(), call.cseq)
        self._reliably(call, "BYE", lines, "", BYE_LIMIT)

    def _give_up(self, call: Call) -> None:
        if call.state == "proceeding":
            lines = self._request(call, "CANCEL", call.branch, 1)
            self._send(lines, "", self._plan.target)
            self._over(call)

    # -- what comes -------------------------------------------------------------------------------

    def _hear(self, message: Message, source: tuple[str, int]) -> None:
        call = self._live.get(message.header("call-id"))
        if not message.code:
            self._serve(call, message, source)
        elif call and message.code < 200:
            if message.method == "INVITE":
                call.pending.discard("INVITE")
                if call.state == "inviting":
                    call.state = "proceeding"
                    self._at(time.monotonic_ns() + SETUP_LIMIT, self._give_up, call)
        elif call:
            call.pending.discard(message.method)
            if message.method == "BYE":
                self._over(call)
            elif message.method == "INVITE":
                self._answered(call, message)

    def _answered(self, call: Call, message: Message) -> None:
        call.to = message.header("to")
        if message.code >= 300:
            self._acknowledge(call, call.branch)
            self._over(call)
            return
        first = call.state in ("inviting", "proceeding")
        if first:
            call.uri, call.route = message.contact or call.uri, message.route
        self._acknowledge(call, _branch())
        if first:
            call.state = "up"
            self._talk(call, message.body)

    def _talk(self, call: Call, sdp: bytes) -> None:
        found = media(sdp)
        if not found:
            self._hang_up(call)
            return
        call.speaker.start(*found, self._keys(call))
        slot = min(range(SLOTS), key=lambda n: (len(self._slots[n]), n * 7 % SLOTS))
        self._slots[slot].append(call.speaker)
        limit = CALL_LIMIT if self._plan.job == "M" else int(self._plan.hold * SECOND)
        self._at(time.monotonic_ns() + limit, self._hang_up, call)

    def _keys(self, call: Call) -> list[tuple[float, int]]:
        plan, keys = self._plan, []
        if plan.job == "H":
            return []
        at = self._chance.uniform(*plan.key_after)
        if plan.wrong_every and call.number % plan.wrong_every == plan.wrong_every - 1:
            keys.append((at, WRONG_KEY))
            at += 1.0 + self._chance.uniform(*plan.key_after)
        return [*keys, (at, KEY)]

    def _serve(self, call: Call | None, message: Message, source: tuple[str, int]) -> None:
        method = message.method
        if method == "ACK":
            return
        known = call is not None or method in ("BYE", "OPTIONS")
        lines, body = message.response("200 OK" if known else "481 No Such Call"), ""
        if call and method in ("INVITE", "UPDATE"):
            lines += [self._contact, "Content-Type: application/sdp"]
            body = call.sdp
        self._send(lines, body, source)
        if call and method == "BYE":
            self._over(call)

    # -- ends -------------------------------------------------------------------------------------

    def _hush(self, call: Call) -> None:
        for speakers in self._slots:
            if call.speaker in speakers:
                speakers.remove(call.speaker)

    def _over(self, call: Call) -> None:
        if call.state == "over":
            return
        self._hush(call)
        call.state = "over"
        call.pending.clear()
        del self._live[call.id]
        self._unsent += call.speaker.failures
        self._at(time.monotonic_ns() + STRAGGLERS, call.speaker.close)


def _branch() -> str:
    return "z9hG4bK" + secrets.token_hex(8)


def _cpu() -> float:
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def serve(plan: Plan, pipe: Connection) -> None:
    """The process of a caller: says that it is ready, waits to be told, and returns its `Pace`."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)  # ns
    caller = Caller(plan)
    gc.freeze()
    gc.disable()
    pipe.send(None)
    pipe.recv()
    pipe.send(caller.run())

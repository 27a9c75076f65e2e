"""The SIP stack of one process: pjsua2 set up, polled, and taken down.

One thread owns it.  Whatever other threads have to say they `post`, and wake the poll.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any

import pjsua2 as pj
from pjsua2 import _pjsua2

from ..engine.errors import SettingsError
from . import setup
from .clock import SoundClock
from .descriptor import descriptor
from .door import Door
from .gate import Gate
from .leg import Account, Endpoint, Leg, LegOwner, Log
from .message import MOST_STREAMS
from .mixer import Mixer
from .names import Names
from .native import Library, Unusable
from .once import Once
from .playback import MemoryFile, Player
from .registrar import Registrar
from .settings import LineSettings
from .shim import Shim
from .slots import Slots
from .sockets import Sockets
from .timers import Timer, Timers
from .tolls import Tolls
from .wiretap import Wiretap

logger = logging.getLogger(__name__)

LONGEST_POLL = 0.5  # seconds
CLOCK_LINGER = 2.0  # seconds: it takes a tick for the stack to part with players and recorders
PLAYER_LINGER = 0.1  # seconds: its end may be on the way from another thread


class Stack:
    """See the module.  Building one touches nothing: it may be forked before `start`."""

    def __init__(self, settings: LineSettings) -> None:
        self.settings = settings
        self.limit = 0  # call slots of this build
        self.capacity = 0  # ... of which callers can have so many
        self.shim_state = "not started"
        self.refusing = False
        self.on_offer: Callable[[Leg | None, str], None] = lambda leg, message: None
        self.wiretap = Wiretap()
        self._posted: deque[Callable[[], None]] = deque()
        self._timers = Timers()
        self._legs: dict[int, Leg] = {}
        self._sockets = Sockets()
        self.gate = Gate(
            settings, self._legs, self._sockets, self._admits, lambda: self.refusing, self.defer
        )
        self.registrar = Registrar(self)
        self.tolls = Tolls(settings, self.later)
        self.names = Names(self.post, self.later, ours=settings.hosts)
        self._buried: deque[tuple[float, Player]] = deque()
        self._woken = False
        self.clock = SoundClock(lambda: self._mixer.move(), self.later)
        self._clock_off_at = 0.0
        self._endpoint: pj.Endpoint | None = None
        self._installed: Shim | None = None  # alive as long as the stack may call it
        self._shim: Shim | None = None  # ... and works
        self.once = Once()
        self._wake: socket.socket | None = None
        self._door = Door()
        self._thread = 0

    # -- set-up and end ---------------------------------------------------------------------------

    def start(self) -> None:
        """Brings the stack up in this thread, which owns it from here on.

        Raises `SettingsError` where the stack does not accept an address or a port.
        """
        self._thread = threading.get_ident()
        self._library = Library(_pjsua2.__file__)
        self.held = Slots(self._library, self.later)
        self._library.hush()
        self.tail = MemoryFile(bytes(4 * 160))
        self.tolls.open()
        here = self.settings
        loopback = "127.0.0.1" if here.sip_bound == "0.0.0.0" else here.sip_bound
        wake = self._wake = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        wake.setblocking(False)
        wake.connect((loopback, here.port))
        endpoint = self._endpoint = Endpoint(self)
        try:
            endpoint.libCreate()
            self._log = Log(here.log_level, self._unfinished)
            endpoint.libInit(setup.endpoint_config(here, self._log))
            setup.listen(endpoint, here)
            endpoint.libStart()
        except pj.Error as error:
            self.stop()
            raise SettingsError(f"the SIP stack did not start: {error.reason}") from None
        self._mixer = Mixer(_pjsua2.__file__, int(endpoint.audDevManager().setNoDev()))
        self._find_names()
        self._sip = [descriptor((here.sip_bound, here.port))]
        self._door = Door(here.port, here.tls_port)
        setup.order_codecs(endpoint, here.codecs)
        self._library.level_g722()
        self.account = Account(self)
        uri = f"sip:ivr@{here.sip_advertised}:{here.port}"
        self.account.create(setup.account_config(here, uri), True)
        self.registrar.open()
        default = pj.EpConfig()
        self.limit = self._library.call_limit() or default.uaConfig.maxCalls
        self._install_shim((loopback, here.port))
        if here.shim:
            poll = functools.partial(endpoint.libHandleEvents, 50)
            self.wiretap.start(_pjsua2.__file__, poll, (loopback, here.port))
        self.capacity = max(1, self.limit - (not self._shim) - here.kept)

    def _find_names(self) -> None:
        try:
            self.names.install(_pjsua2.__file__)
        except Unusable as reason:
            logger.warning("calls wait while a host's name is looked up: %s", reason)

    def _install_shim(self, address: tuple[str, int]) -> None:
        if not self.settings.shim:
            self.shim_state = "switched off"
            return
        endpoint = self._endpoint
        assert endpoint is not None
        self.once.install(_pjsua2.__file__)  # the shim's self-test is its own, too
        shim = self._installed = Shim(_pjsua2.__file__, self.gate)
        try:
            shim.install(lambda: endpoint.libHandleEvents(50), address)
        except Unusable as reason:
            self.shim_state = str(reason)
            logger.warning("calls beyond the limit may be answered 486: %s", reason)
            return
        self._shim = shim
        self.shim_state = "active"

    def stop(self) -> None:
        """Drops every object of the stack and then the stack."""
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is None:
            return
        while self._legs:
            _, leg = self._legs.popitem()
            if leg.owner:
                leg.owner.leg = None
                leg.owner = None
            del leg  # one that outlives the stack aborts the process
        self.clock.stop()
        self._posted.clear()
        self._timers.clear()
        self._buried.clear()
        if hasattr(self, "account"):
            del self.account
        silence = pj.PJSUA_DESTROY_NO_TX_MSG if self.registrar.close() else 0
        gc.collect()
        endpoint.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG | silence)
        del endpoint
        self._door.close()
        if self._wake:
            self._wake.close()

    # -- the loop ---------------------------------------------------------------------------------

    def poll(self, seconds: float) -> None:
        """Lets the stack work until something happened or `wake` was called, at most `seconds`.

        While there is sound, only SIP wakes it before the clock's next tick: RTP waits for that, as
        its answer would.  What is in the loop is paid fifty times a second, from cold caches.
        """
        assert self._endpoint is not None
        if self._settle():
            return
        posted, leaving, clock = self._posted, self._sockets.leaving, time.monotonic
        # Not `self._endpoint.libHandleEvents`: finding out what a proxy stands for takes longer.
        handle, endpoint = _pjsua2.Endpoint_libHandleEvents, self._endpoint.this
        sound, sip = self.clock, self._sip
        now = clock()
        end = self._next_due(now + seconds)
        while True:
            if now >= sound.due:
                sound.tick(now)
                if posted:
                    break  # it found something, which is not to wait for the next one
                now = clock()
            patience = max(0.0, min(end, sound.due) - now)
            if leaving and self._sockets.spent(now):
                time.sleep(min(0.005, patience))  # sockets come back with time alone
            elif sound.due < inf:
                select.select(sip, (), (), patience)
                handle(endpoint, 0)
            elif patience > LONGEST_POLL:
                handle(endpoint, 500)
            else:
                # Rounded up: a poll that ends before its time would spin.
                handle(endpoint, int(1000 * patience) + 1)
            now = clock()
            if posted or self._woken or now >= end:
                break
        self._woken = False
        self._settle()

    def beat(self) -> None:
        """Ticks if it is time to.  For whoever keeps the owner's thread from polling."""
        self.clock.tick(time.monotonic())

    def _next_due(self, latest: float) -> float:
        latest = min(latest, self._timers.next)
        if self._buried:
            latest = min(latest, self._buried[0][0])
        if self.clock.running and self.idle:
            latest = min(latest, self._clock_off_at)
        return latest

    def _settle(self) -> bool:
        """Does what was asked for and what is due; false if nothing was."""
        done = False
        while self._posted:
            self._run(self._posted.popleft())
            done = True
        now = time.monotonic()
        if self._door.is_shut and not self._sockets.spent(now):
            self._door.open()
        for action in self._timers.due(now):
            self._run(action)
            done = True
        while self._buried and self._buried[0][0] <= now:
            self._buried.popleft()
        if self.clock.running and self.idle and now >= self._clock_off_at:
            self.clock.stop()
        return done

    @staticmethod
    def _run(action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            logger.exception("on the line")

    def defer(self, action: Callable[[], None]) -> None:
        """Has `action` done after this poll.  From the stack's own callbacks."""
        self._posted.append(action)

    def post(self, action: Callable[[], None]) -> None:
        """Has `action` done in the owner's thread, soon.  From any thread."""
        self._posted.append(action)
        self.wake()

    def hand(self, action: Callable[[], None]) -> None:
        """Does `action` now in the owner's thread, or posts it from another one."""
        if threading.get_ident() == self._thread:
            action()
        else:
            self.post(action)

    def wake(self) -> None:
        """Ends a running poll.  From any thread or signal handler."""
        self._woken = True
        if self._wake is None:
            return
        with contextlib.suppress(OSError):  # then the poll ends by itself
            self._wake.send(b"\r\n\r\n")  # a keep-alive (RFC 5626 3.5.1): read and forgotten

    def later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Has `action` done in `seconds`."""
        return self._timers.add(time.monotonic() + seconds, action)

    # -- legs -------------------------------------------------------------------------------------

    def offered(self, leg: Leg, message: str) -> None:
        """A new caller, from inside the callback."""
        self._legs[leg.key] = leg
        self._sockets.call_began(incoming=True)
        # By key: a caller who has given up when the poll returns must not be held on to, lest the
        # object's end be taken for that of the next caller in its slot.
        key = leg.key
        self.defer(lambda: self.on_offer(self._legs.get(key), message))

    def forget(self, leg: Leg) -> None:
        """The leg is over."""
        if self._legs.pop(leg.key, None):
            self.held.over(leg.session, leg.left)
            self._sockets.call_ended(time.monotonic())
            self.tolls.ended(leg.key)
        if self.idle:
            self._clock_off_at = time.monotonic() + CLOCK_LINGER

    def may_renew(self, streams: int = 1) -> bool:
        """Whether a leg may be offered other media: the stack may take new sockets for them."""
        return streams <= MOST_STREAMS and not self._sockets.short(time.monotonic())

    def renewed(self) -> None:
        """A leg took new sockets, after its old ones; from inside the callback."""
        self._sockets.renewed(time.monotonic())

    def connection(self, handle: Any, state: int) -> None:
        """A TCP connection changed its state.  `handle` is a pointer, good until DESTROY."""
        key = int(handle)
        if state == pj.PJSIP_TP_STATE_CONNECTED:
            if not self._sockets.connected(key):
                self.defer(lambda: self._disconnect(key, handle))
            if self._sockets.spent(time.monotonic()):
                self._door.shut()
        elif state == pj.PJSIP_TP_STATE_DESTROY:
            self._sockets.disconnected(key, time.monotonic())

    def _unfinished(self) -> None:
        self._sockets.unfinished(time.monotonic())

    def _disconnect(self, key: int, handle: Any) -> None:
        if self._endpoint and key in self._sockets.connections:
            self._endpoint.transportShutdown(handle)

    def refused_by_itself(self) -> None:
        """The stack refused an INVITE; with the shim, that one is counted already."""
        if self._shim is None:
            self._sockets.refused(time.monotonic())

    @property
    def idle(self) -> bool:
        return not self._legs

    @property
    def slots(self) -> int:
        """Call slots in use: more than legs, where a far end has yet to confirm the end."""
        used = self._library.calls()
        return len(self._legs) if used is None else used

    @property
    def taken(self) -> int:
        """... of those that callers can have: the kept ones are the first that second legs take."""
        second = sum(leg.second for leg in self._legs.values())
        return self.slots - min(second, self.settings.kept)

    def has_room(self) -> bool:
        """Whether one more caller can be had."""
        return self.taken < self.capacity and not self._sockets.short(time.monotonic())

    def has_slot(self) -> bool:
        """Whether one more leg can be called: also in a slot that no caller can have."""
        return self.slots < self.limit and not self._sockets.short(time.monotonic())

    @staticmethod
    def now() -> float:
        """The line's clock, in seconds."""
        return time.monotonic()

    def _admits(self) -> bool:
        return not self.refusing and self.has_room()

    def dial(
        self, owner: LegOwner, uri: str, prm: pj.CallOpParam, account: str = "", number: str = ""
    ) -> Leg:
        """Calls `uri`; with an `account`, by its proxy, with its credentials, as `number` there.

        Raises `pj.Error`; `owner` hears no more of it then.  Raises `KeyError`: no such account.
        """
        chosen = self.registrar.account(account, prm, number) if account else self.account
        leg = Leg(self, chosen)
        self._legs[leg.key] = leg
        self._sockets.call_began(incoming=False)
        self.tolls.began(leg.key)
        try:
            leg.makeCall(uri, prm)
            leg.dialog = leg.call_id(), ""
        except pj.Error:
            self.forget(leg)
            raise
        leg.owner = owner
        return leg

    # -- media ------------------------------------------------------------------------------------

    def bury(self, player: Player) -> None:
        """Lets go of a player, but not while its end may be on the way."""
        player.at_end = None
        self._buried.append((time.monotonic() + PLAYER_LINGER, player))

    def exhume(self) -> None:
        """Frees every player that was let go of."""
        self._buried.clear()

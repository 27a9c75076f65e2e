"""The line as a worker sees it: events out, effects in.  One thread owns it and polls it."""

from __future__ import annotations

import logging
import time

from ..engine.call_out import CallOut
from ..engine.effects import Effect
from ..engine.events import Event, HungUp, Offered
from ..engine.signalled import Signalled
from . import message, message_waiting
from .call import LineCall
from .check import require_usable
from .ids import new_call_id
from .leg import Leg
from .message_waiting import Waiting
from .native import PACKET_LIMIT
from .registrar import Registrar
from .settings import LineSettings
from .speaker import Prompts
from .speech import Open
from .stack import Stack

logger = logging.getLogger(__name__)

GOODBYE = 0.5  # seconds that far ends get to confirm a BYE when the line closes
CLOSING = 5.0  # seconds that messages get to reach the disk then


class Phone:
    """A SIP line that holds a few calls at once.

    `prompts` finds the sound files of a `Play` (PCM16 mono at 8000 Hz, 20 ms or more each) and
    hands them to the function it is given: at once or later, in this thread or another, but always,
    and without raising.  `open` listens to what callers say; without it, whoever is to be listened
    to is not.  Building a phone touches no SIP stack: it may be forked before `start`.
    """

    def __init__(self, settings: LineSettings, prompts: Prompts, open: Open | None = None) -> None:
        self.settings = settings
        self.prompts = prompts  # of calls to come; a call keeps the one it began with
        self._open = open
        self._stack = Stack(settings)
        self._stack.on_offer = self._offered
        self._stack.wiretap.tell = lambda call_id, told: self._events.append((call_id, told))
        self._calls: dict[str, LineCall] = {}
        self._events: list[tuple[str, Event | Signalled]] = []

    @property
    def capacity(self) -> int:
        """The callers that can be served at once; 0 before `start`."""
        return self._stack.capacity

    @property
    def live(self) -> int:
        """The calls that have had no `HungUp` yet."""
        return len(self._calls)

    @property
    def shim(self) -> str:
        """`active`, or why callers beyond the limit may be turned away less politely."""
        return self._stack.shim_state

    @property
    def registrar(self) -> Registrar:
        """The accounts.  None is registered before its `keep`."""
        return self._stack.registrar

    def start(self) -> None:
        """Opens the line in this thread.  Raises `SettingsError` where the machine does not allow
        what the settings ask for."""
        require_usable(self.settings)
        self._stack.start()
        logger.info(
            "listening on %s:%d for %d calls", self.settings.sip_bound, self.settings.port,
            self.capacity,
        )  # fmt: skip

    def wait(self, seconds: float) -> list[tuple[str, Event | Signalled]]:
        """What happened, as (call id, event); waits at most `seconds` for something to happen.

        SIP messages alone do not end the wait; some belong to calls that had their `HungUp`.
        """
        self._stack.poll(0.0 if self._events else seconds)
        events, self._events = self._events, []
        return events

    def perform(self, call_id: str, effect: Effect) -> None:
        """Does `effect`.  Never blocks and never raises; an unknown call is a no-op."""
        call = self._calls.get(call_id)
        if call is None:
            return
        try:
            call.perform(effect)
        except Exception:
            logger.exception("call %s: %s", call_id, type(effect).__name__)

    def refuses(self, order: CallOut) -> str:
        """Why `order` cannot be carried out now: `no_slot`, `not_allowed`, ...; empty: it can.

        It takes the place of a caller: what is kept for second legs is not for it.
        """
        refused = self._stack.tolls.refuses(order.to, order.id)
        return refused or ("" if self._stack.has_room() else "no_slot")

    def dial(self, order: CallOut) -> None:
        """Makes a call: `Offered` follows, then `Answered` or `HungUp`, with the id of `order`."""
        offer = Offered(order.caller_id, message.uri_user(order.to), time.time(), direction="out")
        call = LineCall(self._stack, self.prompts, order.id, None, offer, self._emit, self._open)
        self._calls[order.id] = call
        self._emit(order.id, offer)
        call.dial(order)

    def tell_waiting(self, address: str, new: int, old: int, urgent: int, urgent_old: int) -> None:
        """Tells the phone at `address`, a SIP URI, how many messages there are for it, and how many
        of the new and of the old ones are urgent.

        From any thread; returns at once.
        """
        waiting = Waiting(new, old, urgent, urgent_old)
        self._stack.post(lambda: message_waiting.tell(self._stack, address, waiting))

    def wake(self) -> None:
        """Ends a running `wait`.  From any thread or signal handler."""
        self._stack.wake()

    def beat(self) -> None:
        """Lets sound go on while the thread is busy elsewhere.  Not from inside another method."""
        self._stack.beat()

    def refuse(self) -> None:
        """From now on every new call gets 503 with Retry-After; live calls go on."""
        self._stack.refusing = True

    def stop(self) -> list[tuple[str, Event | Signalled]]:
        """Says BYE to every call, waits briefly for the answers, and closes the line for good.

        Returns what was left to tell: messages that are in place, and each call's end.
        """
        self.refuse()
        self.registrar.end()
        for call in list(self._calls.values()):
            call.hang_up("drain", at_once=True)
        goodbye = time.monotonic() + GOODBYE
        closing = time.monotonic() + CLOSING
        while ((self._stack.slots or self.registrar.busy) and time.monotonic() < goodbye) or (
            self._calls and time.monotonic() < closing
        ):
            self._stack.poll(0.05)
        for call_id in list(self._calls):  # the far end did not answer, or the disk
            self._emit(call_id, HungUp("drain"))
        self._stack.stop()
        events, self._events = self._events, []
        return events

    def _emit(self, call_id: str, event: Event) -> None:
        if call_id not in self._calls:
            return  # an offer that was turned away
        self._events.append((call_id, event))
        if isinstance(event, HungUp):
            del self._calls[call_id]
            self._stack.wiretap.release(call_id, self._stack.now())

    def _offered(self, leg: Leg | None, invite: str) -> None:
        call_id = new_call_id()
        headers = message.read_headers(invite)
        offer = Offered(
            caller=message.uri_user(headers.get("from", "")),
            dialled=message.uri_user(message.request_uri(invite)),
            wall=time.time(),
            headers=headers,
        )
        call = LineCall(self._stack, self.prompts, call_id, leg, offer, self._emit, self._open)
        if leg:
            leg.owner = call
        if len(invite.encode("utf-8", "surrogateescape")) >= PACKET_LIMIT:
            call.turn_away(513)
            return
        if leg and self.shim != "active":
            fault = self._stack.gate.screen(invite, leg.source.rpartition(":")[0])
            if fault:
                call.turn_away(fault.code, fault.headers)
                return
        if self._stack.refusing or self._stack.taken > self._stack.capacity:
            call.turn_away(503, self.settings.refusal)
            return
        self._calls[call_id] = call
        self._emit(call_id, offer)
        self._stack.wiretap.claim(headers.get("call-id", ""), call_id)
        if leg is None:  # given up before we could look
            call.ended(487, "")
        elif "telephone-event" in invite:
            call.dtmf = "rfc4733"
        else:
            logger.warning("call %s: no telephone-event offered: keys come by INFO or as tones",
                           call_id)  # fmt: skip

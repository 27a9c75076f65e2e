"""What belongs to one response alone: put right on its way out, by a pjsip module.

The stack makes each response to an INVITE out of the one before it, so the headers of a 180 would
be in the 200, too.  And it puts our SDP into a 182, upon which phones go silent where they made a
ringing tone; a 181 has none.  Right before a response is printed this module takes out of it what
is not its own, and makes a 182 of a 181 that was meant as one.  A 485 loses the Contact that names
ourselves as somebody else to try.

It reaches into two structures, whose layout is that of one wheel: see `native`.  Where that does
not fit, nothing is touched, `usable` is false, and headers of provisional responses are not sent.
"""

from __future__ import annotations

import ctypes
import logging
import re
from collections.abc import Sequence
from ctypes import byref, c_char_p, c_int, c_size_t, c_void_p
from typing import Protocol

import pjsua2 as pj

from .native import OnMessage, Str, Unusable, register, usable

logger = logging.getLogger(__name__)

PRIORITY = 20  # between the transport, which prints the message, and the transactions
TDATA_POOL = 4000  # PJSIP_POOL_LEN_TDATA: a message lies behind its tdata in one block
MESSAGE = 392  # of pjsip_tx_data: where `msg` is
STATUS = 8  # of pjsip_msg
NEXT = 8  # of a pj_list
AMBIGUOUS = 485
RESPONSE = 1  # PJSIP_RESPONSE_MSG
_INFO = re.compile(rb"Response msg ([0-9]{3})/([A-Z]+)/")

Headers = Sequence[tuple[str, str]]


class Answering(Protocol):
    """A leg, as far as it is answered."""

    def answer(self, prm: object) -> None: ...


class _Call:
    """What was given to the responses of one call."""

    def __init__(self) -> None:
        self.given: set[tuple[str, str]] = set()
        self.own: dict[int, Headers] = {}  # by status code, the last of each
        self.queued = False  # a 181 is to be a 182


class Once:
    """`answer` a leg by way of it, and each response has its own headers only."""

    def __init__(self) -> None:
        self.state = "not installed"
        self._calls: dict[str, _Call] = {}
        self._seen = False

    @property
    def usable(self) -> bool:
        return self.state == "active"

    def install(self, path: str) -> None:
        """Registers the module.  It works once it has seen a response that it could read."""
        try:
            usable()
            self._bind(path)
        except (Unusable, AttributeError) as reason:
            self.state = str(reason)

    def _bind(self, path: str) -> None:
        lib = self._lib = ctypes.CDLL(path)
        lib.pjsip_tx_data_get_info.restype = c_char_p
        lib.pjsip_tx_data_get_info.argtypes = [c_void_p]
        lib.pjsip_msg_find_hdr_by_name.restype = c_void_p
        lib.pjsip_msg_find_hdr_by_name.argtypes = [c_void_p, c_void_p, c_void_p]
        lib.pjsip_hdr_print_on.argtypes = [c_void_p, c_void_p, c_size_t]
        lib.pj_list_erase.argtypes = [c_void_p]
        on_response = OnMessage(self._on_response)
        self._module = register(path, b"mod-ivr-once", PRIORITY, on_tx_response=on_response)
        self.state = "no response was seen"

    def answer(
        self, leg: Answering, prm: pj.CallOpParam, call_id: str, code: int, headers: Headers = ()
    ) -> None:
        """`leg.answer(prm)`, where `prm` is of a response with `code` and `headers`.

        Raises `pj.Error`.
        """
        call = self._calls.get(call_id)
        if call is None and self.usable and (code < 200 or code == AMBIGUOUS):
            call = self._calls[call_id] = _Call()
        if call is not None:
            call.given.update(headers)
            call.own[code] = headers
            call.queued = code == 182
            if call.queued:
                prm.statusCode, prm.reason = 181, prm.reason or "Queued"
        leg.answer(prm)

    def forget(self, call_id: str) -> None:
        """The call is over."""
        self._calls.pop(call_id, None)

    # -- inside the stack -------------------------------------------------------------------------

    def _on_response(self, tdata: int) -> int:
        """Lets every message go on, with 0.  An exception here would vanish: none may leave."""
        try:
            if self._calls or not self._seen:
                self._look(tdata)
        except Exception:
            logger.exception("a response is sent as it is")
        return 0

    def _look(self, tdata: int) -> None:
        info: bytes = self._lib.pjsip_tx_data_get_info(tdata)
        found = _INFO.match(info)
        if not found:
            return
        message = self._message(tdata, int(found[1]))
        if message and found[2] == b"INVITE":
            call_id = self._printed(self._find(message, b"Call-ID")).partition(b":")[2].strip()
            call = self._calls.get(call_id.decode("latin-1"))
            if call:
                self._put_right(message, call)

    def _message(self, tdata: int, code: int) -> int:
        """Where the message is; 0 where this is not the layout that it should be."""
        message = c_void_p.from_address(tdata + MESSAGE).value or 0
        if (
            0 < message - tdata < TDATA_POOL
            and c_int.from_address(message).value == RESPONSE
            and c_int.from_address(message + STATUS).value in (code, 182)
        ):
            if not self._seen:
                self._seen, self.state = True, "active"
            return message
        self.state = "a response was not where it should be"
        return 0

    def _put_right(self, message: int, call: _Call) -> None:
        status = c_int.from_address(message + STATUS)
        if status.value == 181 and call.queued:
            status.value = 182
        own = call.own.get(status.value, ())
        for pair in call.given:
            line = f"{pair[0]}: {pair[1]}".encode("utf-8", "replace")
            copies = [h for h in self._named(message, pair[0].encode()) if self._printed(h) == line]
            for header in copies[: len(copies) - list(own).count(pair)]:
                self._lib.pj_list_erase(header)
        if status.value == AMBIGUOUS:
            for header in self._named(message, b"Contact"):
                self._lib.pj_list_erase(header)

    def _named(self, message: int, name: bytes) -> list[int]:
        found: list[int] = []
        header = self._find(message, name)
        while header:
            found.append(header)
            header = self._find(message, name, c_void_p.from_address(header + NEXT).value)
        return found

    def _find(self, message: int, name: bytes, start: int | None = None) -> int:
        text = Str(name, len(name))
        header: int | None = self._lib.pjsip_msg_find_hdr_by_name(message, byref(text), start)
        return header or 0

    def _printed(self, header: int) -> bytes:
        if not header:
            return b""
        room = ctypes.create_string_buffer(TDATA_POOL)
        length: int = self._lib.pjsip_hdr_print_on(header, room, TDATA_POOL)
        return room.raw[: max(0, length)]

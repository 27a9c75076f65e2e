"""Below pjsua2: the C functions of the running stack, and what a pjsip module of ours looks like.

pjsua2's wheel exports all of pjsip, and ctypes reaches it.  The layout of the structures is that of
one wheel; `usable` refuses any other, and each module proves itself on messages of its own before
it touches anything.
"""

from __future__ import annotations

import ctypes
import functools
import platform
from ctypes import byref, c_char_p, c_int, c_ssize_t, c_uint, c_void_p
from importlib import metadata
from typing import Any

WHEEL = "2.15.1.post1"
PACKET_LIMIT = 4000  # PJSIP_MAX_PKT_LEN: the rest of a longer datagram is lost


class Str(ctypes.Structure):
    """pj_str_t."""

    _fields_ = (("ptr", c_char_p), ("slen", c_ssize_t))


OnMessage = ctypes.CFUNCTYPE(c_int, c_void_p)


class Module(ctypes.Structure):
    """pjsip_module of pjproject 2.15."""

    _fields_ = (
        ("prev", c_void_p),
        ("next", c_void_p),
        ("name", Str),
        ("id", c_int),
        ("priority", c_int),
        ("load", c_void_p),
        ("start", c_void_p),
        ("stop", c_void_p),
        ("unload", c_void_p),
        ("on_rx_request", OnMessage),
        ("on_rx_response", OnMessage),
        ("on_tx_request", OnMessage),
        ("on_tx_response", OnMessage),
        ("on_tsx_state", c_void_p),
    )


class Unusable(Exception):
    """What is below pjsua2 is not what it should be on this machine; the text says why."""


class Library:
    """The C functions of the running stack that need no knowledge of its structures."""

    def __init__(self, path: str) -> None:
        self._lib = ctypes.CDLL(path)

    def call_limit(self) -> int | None:
        """The calls that this build can hold, after libInit; None where it does not say."""
        return self._number("pjsua_call_get_max_count")

    def calls(self) -> int | None:
        """The call slots in use, those included whose far end has yet to confirm the end."""
        return self._number("pjsua_call_get_count")

    def hush(self) -> None:
        """Silences the log lines that come before libInit can."""
        if hasattr(self._lib, "pj_log_set_level"):
            self._lib.pj_log_set_level(0)

    def hold(self, transaction: int) -> int:
        """See `slots.Sessions`, also for those that follow."""
        names = ("pjsip_tsx_get_dlg", "pjsip_dlg_get_inv_session", "pjsip_inv_add_ref",
                 "pjsip_inv_dec_ref", "pjsip_inv_terminate")  # fmt: skip
        if not all(hasattr(self._lib, name) for name in names):
            return 0
        found: int | None = transaction
        for name in names[:2]:
            function = getattr(self._lib, name)
            function.restype, function.argtypes = c_void_p, [c_void_p]
            found = found and function(found)
        if not found or self._lib.pjsip_inv_add_ref(c_void_p(found)):
            return 0
        return found

    def end(self, session: int) -> None:
        self._lib.pjsip_inv_terminate(c_void_p(session), 408, 1)

    def release(self, session: int) -> None:
        self._lib.pjsip_inv_dec_ref(c_void_p(session))

    def level_g722(self) -> None:
        """Sets the level of G.722 right, after libInit: by itself the stack is 6 dB off.

        It sends half as loud as it should and hears twice as loud, measured against spandsp.
        """
        if hasattr(self._lib, "pjmedia_codec_g722_set_pcm_shift"):
            self._lib.pjmedia_codec_g722_set_pcm_shift(1)

    def _number(self, name: str) -> int | None:
        if not hasattr(self._lib, name):
            return None
        function = getattr(self._lib, name)
        function.restype = c_uint
        return int(function())


def register(path: str, name: bytes, priority: int, **callbacks: Any) -> Module:
    """Has the stack call these `callbacks` (see `Module`) about messages, in its polling thread.

    The stack keeps pointers: what is returned must live as long as it does.  Raises `Unusable`.
    """
    library = ctypes.CDLL(path)
    try:
        library.pjsua_get_pjsip_endpt.restype = c_void_p
        take = library.pjsip_endpt_register_module
    except AttributeError as missing:
        raise Unusable(f"the wheel lacks a function: {missing}") from None
    take.argtypes = [c_void_p, c_void_p]
    module = Module(id=-1, priority=priority, name=Str(name, len(name)), **callbacks)
    if take(library.pjsua_get_pjsip_endpt(), byref(module)):
        raise Unusable(f"the stack did not take the module {name.decode()}")
    return module


@functools.cache  # the package's metadata cost a megabyte, which a template reads for its workers
def usable() -> None:
    """Raises `Unusable` where the wheel or the machine is not the one this module was made for."""
    try:
        version = metadata.version("pjsua2-python")
    except metadata.PackageNotFoundError:
        raise Unusable("the package pjsua2-python is not installed") from None
    if version != WHEEL:
        raise Unusable(f"pjsua2-python is {version}; the shim was made for {WHEEL}")
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise Unusable(f"the shim was made for Linux on x86_64, not {platform.machine()}")

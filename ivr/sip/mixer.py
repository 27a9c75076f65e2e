"""The stack's conference bridge, where calls and players meet, moved on by us.

pjsua2 would do it in a thread of its own, the null sound device.  That one wakes when it likes, and
the poll once more for each packet of each caller; moved by the thread that polls, all packets that
have come are read at once, what they bring is answered, and the tick sends the answer.
"""

from __future__ import annotations

import ctypes

SAMPLES = 160  # 20 ms


class _Frame(ctypes.Structure):
    """pjmedia_frame."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("buf", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
        ("timestamp", ctypes.c_uint64),
        ("bit_info", ctypes.c_uint32),
    )


class Mixer:
    """`port` is a pointer to the bridge's master port, as `AudDevManager.setNoDev` returns it."""

    def __init__(self, path: str, port: int) -> None:
        self._get = ctypes.CDLL(path).pjmedia_port_get_frame
        self._sound = ctypes.create_string_buffer(2 * SAMPLES)
        self._frame = _Frame(buf=ctypes.addressof(self._sound))
        self._arguments = ctypes.c_void_p(port), ctypes.byref(self._frame)

    def move(self) -> None:
        """Moves all audio on by 20 ms: every call is sent a packet."""
        self._frame.size = 2 * SAMPLES
        self._frame.timestamp += SAMPLES
        self._get(*self._arguments)

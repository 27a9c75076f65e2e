"""The clock of the SIP stack, moved forward: its session timers run for 90 s and more.

The stack asks `pj_gettickcount` for the time through a table of addresses; the one in there is
replaced by ours.  Only the process that calls this has another time then.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

_keep: list[object] = []
_ahead = [0]


class _Time(ctypes.Structure):
    """pj_time_val."""

    _fields_ = (("sec", ctypes.c_long), ("msec", ctypes.c_long))


def pass_by(seconds: int) -> None:
    """So many seconds pass at once, in the stack of this process, which has polled already."""
    if not _keep:
        _install()
    _ahead[0] += seconds


def _install() -> None:
    from pjsua2 import _pjsua2

    library = ctypes.CDLL(_pjsua2.__file__)
    asked = library.pj_gettickcount
    address = ctypes.cast(asked, ctypes.c_void_p).value

    def answer(time: ctypes._Pointer[_Time]) -> int:
        status: int = asked(time)
        time.contents.sec += _ahead[0]
        return status

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Time))(answer)
    ours = ctypes.cast(callback, ctypes.c_void_p).value
    found = 0
    for line in Path("/proc/self/maps").read_text().splitlines():
        if line.endswith(_pjsua2.__file__) and " rw-p " in line:
            begin, end = (int(text, 16) for text in line.split()[0].split("-"))
            for slot in range(begin, end, 8):
                place = ctypes.c_void_p.from_address(slot)
                if place.value == address:
                    place.value = ours
                    found += 1
    assert found, "the stack has not asked for the time yet"
    _keep.append(callback)

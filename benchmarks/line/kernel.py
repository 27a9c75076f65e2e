"""Kernel filters: classic BPF, so that what nobody reads costs next to nothing."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterable, Sequence

SO_ATTACH_FILTER = 26
DTMF_PT = 101  # the payload type that the caller offers for RFC 4733 events

_LOAD_WORD, _LOAD_HALF, _LOAD_BYTE = 0x20, 0x28, 0x30
_EQUAL, _GREATER, _AT_LEAST, _ANY_BIT = 0x15, 0x25, 0x35, 0x45
_AND, _RETURN = 0x54, 0x06
_PACKET_TYPE = 0xFFFFF004  # an offset: what AF_PACKET says of the packet
_OUTGOING, _IP, _UDP, _FRAGMENT = 4, 0x0800, 17, 0x1FFF

Instruction = tuple[int, int, int, int]
_Labelled = tuple[int, str, str, int]  # code, jump if true, jump if false, operand

DROP_ALL: Sequence[Instruction] = [(_RETURN, 0, 0, 0)]


def one_run(sip_port: int, rtp: tuple[int, int]) -> list[Instruction]:
    """What a run is judged by, of the UDP packets on an interface.

    Everything from and to the caller's SIP port, what is sent to the caller's RTP ports, and the
    RFC 4733 events that are sent from them.
    """
    first, last = rtp
    return _resolved([
        (_LOAD_WORD, "", "", _PACKET_TYPE), (_EQUAL, "drop", "", _OUTGOING),  # seen twice on lo
        (_LOAD_HALF, "", "", 12), (_EQUAL, "", "drop", _IP),
        (_LOAD_BYTE, "", "", 23), (_EQUAL, "", "drop", _UDP),
        (_LOAD_HALF, "", "", 20), (_ANY_BIT, "drop", "", _FRAGMENT),
        (_LOAD_HALF, "", "", 36), (_EQUAL, "keep", "", sip_port),
        (_AT_LEAST, "", "sent", first), (_GREATER, "sent", "keep", last),
        "sent",
        (_LOAD_HALF, "", "", 34), (_EQUAL, "keep", "", sip_port),
        (_AT_LEAST, "", "drop", first), (_GREATER, "drop", "", last),
        (_LOAD_BYTE, "", "", 43), (_AND, "", "", 0x7F), (_EQUAL, "keep", "drop", DTMF_PT),
        "keep", (_RETURN, "", "", 0x40000),
        "drop", (_RETURN, "", "", 0),
    ])  # fmt: skip


def _resolved(program: Iterable[_Labelled | str]) -> list[Instruction]:
    places: dict[str, int] = {}
    lines: list[_Labelled] = []
    for entry in program:
        if isinstance(entry, str):
            places[entry] = len(lines)
        else:
            lines.append(entry)

    def jump(label: str, at: int) -> int:
        return places[label] - at - 1 if label else 0

    return [(op, jump(yes, i), jump(no, i), k) for i, (op, yes, no, k) in enumerate(lines)]


def attach(sock: socket.socket, program: Sequence[Instruction]) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    sock.setsockopt(
        socket.SOL_SOCKET,
        SO_ATTACH_FILTER,
        struct.pack("HL", len(program), ctypes.addressof(code)),
    )

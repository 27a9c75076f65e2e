"""Recordings as authors bring them."""

from __future__ import annotations

import struct

import numpy as np


def recording(
    rate: int,
    *,
    channels: int = 1,
    kind: int = 1,
    bits: int = 16,
    frequency: float = 700.0,
    length: float = 0.5,
    extensible: bool = False,
) -> bytes:
    """A tone of half the full scale as a WAV file; in stereo, the right side is silent."""
    left = 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * length)) / rate)
    wave = np.zeros((len(left), channels))
    wave[:, 0] = left
    flat = wave.reshape(-1)
    match kind, bits:
        case (1, 8):
            data = (flat * 127 + 128).astype(np.uint8).tobytes()
        case (1, 16):
            data = (flat * 32767).astype("<i2").tobytes()
        case (1, 24):
            wide = (flat * (2**31 - 1)).astype("<i4").reshape(-1, 1).view(np.uint8)
            data = wide[:, 1:].tobytes()
        case (1, 32):
            data = (flat * (2**31 - 1)).astype("<i4").tobytes()
        case (3, _):
            data = flat.astype(f"<f{bits // 8}").tobytes()
        case (6, _):
            data = bytes(a_law(int(sample * 32767)) for sample in flat)
        case (7, _):
            data = bytes(mu_law(int(sample * 32767)) for sample in flat)
        case _:
            data = bytes(len(flat) * bits // 8)
    block = channels * bits // 8
    form = struct.pack(
        "<HHIIHH", 0xFFFE if extensible else kind, channels, rate, rate * block, block, bits
    )
    if extensible:
        guid = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
        form += struct.pack("<HHIH", 22, bits, 0, kind) + guid
    return riff((b"LIST", b"odd"), (b"fmt ", form), (b"data", data))


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def mu_law(sample: int) -> int:
    """The encoder of ITU-T G.711, by search over its decision values."""
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude + 132, 32767)
    segment = max(magnitude.bit_length() - 8, 0)
    return ~(sign | segment << 4 | magnitude >> (segment + 3) & 15) & 0xFF


def a_law(sample: int) -> int:
    sign, magnitude = (0, -sample - 1) if sample < 0 else (0x80, sample)
    segment = max(magnitude.bit_length() - 8, 0)
    return (sign | segment << 4 | magnitude >> max(segment + 3, 4) & 15) ^ 0x55

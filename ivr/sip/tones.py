"""Keys that come as tones in the sound itself (ITU-T Q.23), for far ends that know no other way.

How it works.  Windows of 20 ms begin every 10 ms.  A window may belong to a key when one tone of
each group holds most of its energy, and their levels fit (twist).  Two such windows in a row, of
the same key, are a key: that is any tone of 40 ms, wherever it begins.  Between the two the phase
of each tone tells its frequency to the hertz, which no single window of that length can, and a
voice hardly keeps two of them that steady.  The key is over when five windows in a row are not its
own: a gap of 50 ms, but no lost packet.  Pure.

ITU-T Q.24 leaves the limits to each country; these are the ones that spandsp tests for.
"""

from __future__ import annotations

import cmath
import math

from .sine import BIN, RATE, WINDOW, factor, kept, level, waves

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
KEYS = "123A456B789C*0#D"
HOP = WINDOW // 2

FAINTEST = 130.0  # amplitude of the weaker tone: 48 dB below full scale
NORMAL_TWIST = 10 ** (9.5 / 10)  # the row's tone may be stronger by 8 dB; 1.5 dB is for noise
REVERSE_TWIST = 10 ** (5.5 / 10)  # ... and the column's by 4 dB
OFF = 0.022  # of its frequency: 1.5 % must pass, 3.5 % must not
PURE = 0.85  # of the energy: 15 dB above the noise is 0.97
PERHAPS = 0.6  # the same, before it is known how far off the frequencies are
GAP = 5  # windows without a key, after which it is over

_ROWS = [waves(frequency) for frequency in ROWS]
_COLUMNS = [waves(frequency) for frequency in COLUMNS]


class _Seen:
    """What one window may be: `key`, and both its tones with amplitude and phase."""

    __slots__ = ("column", "key", "level", "row")

    def __init__(self, key: int, row: complex, column: complex, level: int) -> None:
        self.key = key
        self.row = row
        self.column = column
        self.level = level


class Tones:
    """Tells the keys in PCM16 at 8000 Hz, each once, some 30 ms after it began."""

    def __init__(self) -> None:
        self.sounding = ""
        """The key whose tone is to be heard now."""
        self._rest = b""
        self._before: _Seen | None = None
        self._missed = 0

    def feed(self, pcm: bytes) -> str:
        """The keys that were found in `pcm`, which goes on where the last one ended.

        It is in the machine's byte order and may be of any length.
        """
        keys = ""
        sound = self._rest + pcm
        last = len(sound) - 2 * WINDOW
        for start in range(0, last + 1, 2 * HOP):
            keys += self._window(sound[start : start + 2 * WINDOW])
        self._rest = sound[max(0, (last // (2 * HOP) + 1) * 2 * HOP) :]
        return keys

    def _window(self, pcm: bytes) -> str:
        before, now = self._before, _seen(pcm)
        self._before = now
        if now is None or KEYS[now.key] != self.sounding:
            self._missed += 1
            if self._missed == GAP:
                self.sounding = ""
        else:
            self._missed = 0
        if not now or not before or now.key != before.key or not _is_key(before, now):
            return ""
        key, self._missed = KEYS[now.key], 0
        if key == self.sounding:
            return ""
        self.sounding = key
        return key


def _strongest(pcm: bytes, group: list[tuple[bytes, float, bytes, float]]) -> tuple[int, complex]:
    best, most, tone = 0, -1.0, 0j
    for number, (cosine, real, sine, imaginary) in enumerate(group):
        x = factor(pcm, cosine) * real
        y = factor(pcm, sine) * imaginary
        power = x * x + y * y
        if power > most:
            best, most, tone = number, power, complex(x, -y)
    return best, tone


def _seen(pcm: bytes) -> _Seen | None:
    loud = level(pcm)
    if loud < FAINTEST:  # two tones, neither of them fainter
        return None
    row, low = _strongest(pcm, _ROWS)
    # The other tone has no more than the reverse twist on top of this one.
    if abs(low) < FAINTEST or abs(low) < 0.4 * loud:
        return None
    column, high = _strongest(pcm, _COLUMNS)
    a, b = abs(low), abs(high)
    if b < FAINTEST or (a * a + b * b) / 2 < PERHAPS * loud * loud:
        return None
    return _Seen(4 * row + column, low, high, loud)


def _is_key(before: _Seen, now: _Seen) -> bool:
    """Whether two windows, one hop apart, are of one and the same sound of a key."""
    row, column = divmod(now.key, 4)
    low = _off(before.row, now.row, ROWS[row])
    high = _off(before.column, now.column, COLUMNS[column])
    if abs(low) > OFF * ROWS[row] or abs(high) > OFF * COLUMNS[column]:
        return False
    for seen in before, now:
        a, b = abs(seen.row) ** 2 / kept(low), abs(seen.column) ** 2 / kept(high)
        if a > b * NORMAL_TWIST or b > a * REVERSE_TWIST or (a + b) / 2 < PURE * seen.level**2:
            return False
    return True


def _off(before: complex, now: complex, frequency: int) -> float:
    """How far a tone is off `frequency`, in hertz, by what its phase has moved on in one hop."""
    turn = 2 * math.pi * frequency * HOP / RATE
    return cmath.phase(now * before.conjugate() * cmath.exp(-1j * turn)) * BIN / math.pi

"""Keys in the sound itself: the limits that SEMANTICS 8 names, and what is no key."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.sip.tones import KEYS, Tones

from .sounds import Sound, frames, key, music, noise, pcm, silence, tone, voice


def heard(sound: Sound) -> str:
    tones = Tones()
    return "".join(tones.feed(frame) for frame in frames(sound))


def dialled(keys: str, seconds: float, gap: float, start: float = 0.05, **tone_of: float) -> Sound:
    parts = [silence(start)]
    for name in keys:
        parts += [key(name, seconds, **tone_of), silence(gap)]
    return np.concatenate([*parts, silence(0.1)])


OFF = st.floats(-0.015, 0.015)


@given(
    keys=st.text(KEYS, min_size=1, max_size=4),
    start=st.floats(0.02, 0.05),
    twist=st.floats(-4, 8),
    row_off=OFF,
    column_off=OFF,
    loud=st.floats(400, 14000),  # 0 to 31 dB down
    seed=st.integers(0, 1 << 16),
    phase=st.floats(0, 6.28),
)
def test_ten_keys_a_second_within_all_limits_at_once(
    keys: str, start: float, twist: float, row_off: float, column_off: float, loud: float,
    seed: int, phase: float,
) -> None:  # fmt: skip
    sound = dialled(
        keys, 0.04, 0.06, start,
        twist=twist, row_off=row_off, column_off=column_off, loud=loud, phase=phase,
    )  # fmt: skip
    # S/N is that of the key: with twist it has less power than two tones of `loud`.
    power = (1 + 10 ** (-abs(twist) / 10)) / 2
    assert heard(noise(sound, 15, loud * power**0.5, seed)) == keys


@given(
    name=st.sampled_from(KEYS),
    start=st.floats(0.02, 0.05),
    off=st.floats(0.035, 0.06) | st.floats(-0.06, -0.035),
    in_row=st.booleans(),
    in_column=st.booleans(),
)
def test_a_tone_that_is_off_by_more_than_3_5_percent_is_no_key(
    name: str, start: float, off: float, in_row: bool, in_column: bool
) -> None:
    if not (in_row or in_column):
        in_row = True
    sound = dialled(name, 0.1, 0.05, start, row_off=off * in_row, column_off=off * in_column)
    assert name not in heard(sound)


@pytest.mark.parametrize("gap", [0.05, 0.055, 0.06])
@pytest.mark.parametrize("start", [0.05 + n / 8000 for n in range(0, 80, 8)])
def test_the_same_key_again_after_50_ms_is_another_press(gap: float, start: float) -> None:
    assert heard(dialled("5555", 0.05, gap, start)) == "5555"


@pytest.mark.parametrize("at", range(0, 160, 16))
def test_a_packet_that_was_lost_is_no_second_press(at: int) -> None:
    sound = dialled("8", 0.3, 0.05)
    sound[1200 + at : 1360 + at] = 0
    assert heard(sound) == "8"


def test_a_key_is_told_while_it_sounds() -> None:
    tones, told = Tones(), []
    for number, frame in enumerate(frames(dialled("3", 0.1, 0.2, start=0.1))):
        if tones.feed(frame):
            told.append(number)
            assert tones.sounding == "3"
    assert told == [6]  # 40 ms after it began in frame 5
    assert tones.sounding == ""


@pytest.mark.parametrize("size", [1, 79, 80, 160, 333])
def test_sound_may_come_in_any_pieces(size: int) -> None:
    data, tones = pcm(dialled("159D", 0.05, 0.05)), Tones()
    pieces = (data[at : at + 2 * size] for at in range(0, len(data), 2 * size))
    assert "".join(map(tones.feed, pieces)) == "159D"


@pytest.mark.parametrize("twist", [-10, 14])
def test_tones_of_very_different_levels_are_no_key(twist: float) -> None:
    assert heard(dialled("1590", 0.1, 0.1, twist=twist)) == ""


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(voice(60, seed=5), id="a minute of a voice"),
        pytest.param(voice(60, seed=6, loud=25000), id="a loud one"),
        pytest.param(music(60), id="music"),
        pytest.param(noise(silence(60), 0, 3000), id="noise"),
        pytest.param(tone(425, 5), id="ringback"),
        pytest.param(tone(440, 5) + tone(480, 5), id="ringback in America"),
        pytest.param(tone(350, 5) + tone(440, 5), id="dial tone in America"),
        pytest.param(tone(770, 5), id="half a key"),
        pytest.param(tone(1336, 5), id="the other half"),
        pytest.param(tone(697, 5) + tone(941, 5), id="two rows"),
    ],
)
def test_what_is_no_key(sound: Sound) -> None:
    assert heard(sound) == ""

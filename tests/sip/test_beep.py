"""The beep of an answering machine, and what sounds like one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.sip.beep import Beeps

from .sounds import Sound, frames, key, music, noise, silence, tone, voice


def heard(sound: Sound) -> list[tuple[int, int]]:
    """(frame, hertz) of each beep."""
    beeps = Beeps()
    found = ((number, beeps.feed(frame)) for number, frame in enumerate(frames(sound)))
    return [(number, hertz) for number, hertz in found if hertz]


@example(hertz=500.0, seconds=1.0, start=0.012589444596227349, loud=700.0, phase=0.0)
@given(
    hertz=st.floats(500, 2200) | st.floats(350, 390),
    seconds=st.floats(0.2, 1.9),
    start=st.floats(0, 0.02),
    loud=st.floats(700, 16000),
    phase=st.floats(0, 6.28),
)
def test_a_beep_after_a_greeting(
    hertz: float, seconds: float, start: float, loud: float, phase: float
) -> None:
    greeting = np.concatenate([voice(0.5), silence(0.3 + start)])
    beep = tone(hertz, seconds, loud, phase)
    ((number, found),) = heard(np.concatenate([greeting, beep, silence(0.3)]))
    assert abs(found - hertz) < 12
    end = 0.8 + start + seconds
    assert end + 0.04 < (number + 1) * 0.02 < end + 0.12


@pytest.mark.parametrize("hertz", [500, 800, 1000, 1400, 2000])
def test_a_beep_on_a_noisy_line(hertz: float) -> None:
    sound = np.concatenate([silence(0.5), tone(hertz, 0.5), silence(0.5)])
    assert len(heard(noise(sound, 20, 6000))) == 1


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(voice(60, seed=2), id="a voice"),
        pytest.param(music(60), id="music"),
        pytest.param(noise(silence(60), 0, 3000), id="noise"),
        pytest.param(np.concatenate([key("5", 0.3), silence(1)]), id="a key"),
        pytest.param(np.tile(np.concatenate([tone(425, 1), silence(4)]), 3), id="ringback"),
        pytest.param(
            np.tile(np.concatenate([tone(440, 2) + tone(480, 2), silence(4)]), 3),
            id="ringback in America",
        ),
        pytest.param(np.tile(np.concatenate([tone(425, 0.48), silence(0.48)]), 9), id="busy"),
        pytest.param(
            np.concatenate([tone(950, 0.33), tone(1400, 0.33), tone(1800, 0.33), silence(1)]),
            id="no such number",
        ),
        pytest.param(np.concatenate([tone(2100, 3), silence(1)]), id="a fax machine"),
        pytest.param(np.concatenate([tone(1000, 0.1), silence(1)]), id="a blip"),
        pytest.param(np.concatenate([tone(1000, 0.3), voice(1)]), id="a tone in a jingle"),
        pytest.param(tone(1000, 1), id="a tone that goes on"),
    ],
)
def test_what_is_no_beep(sound: Sound) -> None:
    assert heard(np.concatenate([silence(0.5), sound])) == []

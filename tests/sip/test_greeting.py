"""Human or machine: who says hello and waits, and who has a text to read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine.events import Finding
from ivr.sip.greeting import LONG, PAUSE, Screening

from .sounds import Sound, frames, noise, silence, tone, voice


def found(sound: Sound, seconds: float = 4.0) -> list[tuple[Finding, float]]:
    """What is found, and how many seconds into the sound."""
    screening, all_found = Screening(100.0 + seconds), []
    for number, frame in enumerate(frames(sound), 1):
        finding = screening.feed(frame, 100.0 + number * 0.02)
        if finding:
            all_found.append((finding, number * 0.02))
    return all_found


def says(*parts: Sound, after: float = 4.0) -> Sound:
    return np.concatenate([*parts, silence(after)])


@settings(max_examples=50)
@given(
    before=st.floats(0.02, 2.0),
    hello=st.floats(0.25, 1.8),
    seed=st.integers(0, 50),
    loud=st.floats(1000, 20000),
)
def test_who_says_hello_and_waits_is_a_human(
    before: float, hello: float, seed: int, loud: float
) -> None:
    said = voice(hello, seed, loud)
    ((finding, at),) = found(says(silence(before), said))
    assert finding == "human"
    assert before + hello < at <= before + hello + PAUSE + 0.1


@settings(max_examples=30)
@given(before=st.floats(0.02, 1.0), seed=st.integers(0, 50))
def test_who_goes_on_speaking_is_a_machine(before: float, seed: int) -> None:
    ((finding, at),) = found(says(silence(before), voice(3.5, seed), after=0.5))
    assert finding == "machine"
    assert at < before + LONG + 0.3


def test_the_beep_of_a_machine_is_heard_whenever_it_comes() -> None:
    greeting = says(silence(0.5), voice(12), silence(1), tone(1000, 0.4), after=1)
    findings = found(greeting)
    assert [finding for finding, _ in findings] == ["machine", "beep"]
    assert 13.9 < findings[1][1] < 14.1


def test_a_machine_may_only_beep() -> None:
    ((finding, at),) = found(says(silence(1), tone(1400, 0.5)))
    assert finding == "beep"
    assert at < 1.7


def test_a_human_is_not_kept_waiting_by_a_noisy_line() -> None:
    said = says(silence(1), voice(0.6))
    ((finding, at),) = found(noise(said, 20, 9000))
    assert finding == "human"
    assert at < 1.6 + PAUSE + 0.3


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(silence(6), id="silence"),
        pytest.param(noise(silence(6), 0, 30), id="the noise of a line"),
        pytest.param(says(tone(3000, 0.02, 20000)), id="a click"),
        pytest.param(np.tile(np.concatenate([tone(425, 1), silence(4)]), 2), id="ringback"),
    ],
)
def test_nobody_speaks(sound: Sound) -> None:
    ((finding, at),) = found(sound)
    assert finding == "silence"
    assert at == pytest.approx(4.0, abs=0.021)


def test_who_has_begun_at_the_limit_is_a_human() -> None:
    ((finding, at),) = found(says(silence(3), voice(3)))
    assert finding == "human"
    assert at == pytest.approx(4.0, abs=0.021)


def test_a_tone_that_no_beep_is_as_long_as_is_a_machine() -> None:
    ((finding, at),) = found(says(silence(0.5), tone(2100, 3)))
    assert finding == "machine"
    assert at < 2.7


def test_a_sound_that_never_changes_is_no_machine() -> None:
    """It may be the line's own, and a human behind it."""
    assert [finding for finding, _ in found(noise(silence(6), 0, 3000))] == ["human"]


def test_nothing_is_found_after_the_end() -> None:
    screening = Screening(0.0)
    frame = next(frames(silence(0.02)))
    assert screening.feed(frame, 1.0) == "silence"
    assert screening.is_over
    assert screening.feed(frame, 2.0) is None

"""A story as it is written: what is read of it is what was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivr.testing.in_yaml import in_yaml
from ivr.testing.offer import moment
from ivr.testing.scenario import load_scenarios, read_step
from ivr.testing.steps import sentence

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file for folder in ("flows", "ivr/library") for file in (ROOT / folder).rglob("*.test.yaml")
)
TEXTS = st.text(max_size=12) | st.text("{} \r\x0c\u202e\ud800", max_size=5)
SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=5), of)
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
def test_a_step_is_written_as_it_is_read(file: Path) -> None:
    found = load_scenarios(file)
    for flow in found.flows.values():
        for step in (step for each in found.scenarios for step in each.steps):
            assert read_step(str(step), flow) == step, str(step)


@pytest.mark.parametrize(
    "text",
    [
        "is_over",
        'presses: "12"',
        "presses: {keys: 12#, every: 0.05 s}",
        "hears: {text: your number is}",
        "hears: [welcome, {silence: 0.5 s}, {tone: 440 Hz for 1 s}, {tone: us ringback for 6 s}]",
        "is_interrupted_with: {prompt: {text: One moment.}}",
        'has: {seconds: "5", variables: 3}',
        "listens_for: {loop: [one, two]}",
        "listen_fails: {reason: crashed, speaking: yes}",
        'says: {text: sales, confidence: 0.4, alternatives: {"sail, or so": 0.3}}',
        'waits_for: {job: http, value: {a: [1, "1", 1.50, yes, "yes", null]}, after: 2.9 s}',
        'is_transferred_to: {to: "sip:601@pbx.example", result: busy}',
    ],
)
def test_a_step_is_written_as_people_write_it(text: str) -> None:
    flow = next(iter(load_scenarios(FILES[0]).flows.values()))
    assert str(read_step(text, flow)) == text.replace("variables: 3", 'variables: "3"')


@given(VALUES)
def test_what_is_written_is_read_back_as_the_same(value: Any) -> None:
    line = in_yaml(value)
    assert "\n" not in line and yaml.safe_load(f"[{line}]") == [value]


@given(VALUES)
def test_an_answer_is_read_as_it_came(value: Any) -> None:
    flow = next(iter(load_scenarios(FILES[0]).flows.values()))
    step = sentence("waits_for", job="http", value=value)
    assert read_step(str(step), flow) == step


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=2))]),
)
def test_a_moment_is_written_with_its_zone(at: datetime, zone: Any) -> None:
    assert moment(in_yaml(at.replace(tzinfo=zone))) == at.replace(tzinfo=zone)

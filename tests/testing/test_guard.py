"""A state that computes for too long is interrupted on a simulated line as it is on a real one."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.engine.flow import Flow
from ivr.flowfile import load_flow
from ivr.inspect.explore.report import explore
from ivr.inspect.replay.journal import read
from ivr.inspect.replay.player import play
from ivr.inspect.replay.script import script_of
from ivr.testing import SimulatedCall

from ..commands import Ivr, command_line

ivr = pytest.fixture(command_line)
SLOW = """
from ivr import END, Call, Flow, answer

flow = Flow("slow", start="count")


@flow.state(done=END)
async def count(call: Call) -> str:
    await answer(call)
    while call.caller: pass
    return "done"
"""
REFUSAL = "slow.py:10: the state computed for too long without awaiting"
STORY = """
ivr: 1
flow: slow.py
scenarios:
  counts:
    steps: [is_over: flow]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "slow.py"
    file.write_text(SLOW)
    return file


@pytest.fixture
def slow(file: Path) -> Flow:
    return load_flow(file)


def test_it_is_told_where(slow: Flow) -> None:
    call = SimulatedCall(slow).is_over(by="error")
    [failed] = [detail for kind, detail in call.notes if kind == "failed"]
    assert REFUSAL in failed


def test_one_that_swallows_it_comes_to_an_end_too(file: Path) -> None:
    swallowing = (
        "while call.caller:\n        try: sum(range(9999))\n        except BaseException: pass"
    )
    file.write_text(SLOW.replace("while call.caller: pass", swallowing))
    call = SimulatedCall(load_flow(file)).is_over(by="error")
    assert "computed for too long" in str(call.notes) and sys.gettrace() is None


def test_the_explorer_comes_to_an_end(slow: Flow) -> None:
    found = explore(slow)
    assert not found.holds and REFUSAL in str(found.refuted)


def test_a_call_of_the_past_comes_to_an_end(slow: Flow) -> None:
    call = SimulatedCall(slow).is_over()
    head = {"at": 0.0, "call": "1a2b", "flow": "slow", "version": ""}
    assert play(script_of(read([head, *call.journal])), slow).end_now == "fails in count"


def test_a_story_that_fails_says_so(file: Path, ivr: Ivr) -> None:
    (file.parent / "slow.test.yaml").write_text(STORY)
    said = ivr("test", str(file.parent / "slow.test.yaml"))
    assert said.code == 1 and REFUSAL in said.out + said.err


@pytest.fixture
def alarm() -> Iterator[list[int]]:
    """The alarm, in somebody else's hands; how often it rang."""
    rang: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: rang.append(number))
    yield rang
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_who_uses_the_alarm_himself_keeps_it(alarm: list[int], slow: Flow) -> None:
    signal.setitimer(signal.ITIMER_REAL, 1000)
    SimulatedCall(slow).hangs_up()
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 900 and not alarm

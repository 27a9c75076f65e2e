"""Flow files on disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

FLOW = """\
ivr: 1
flow: tiny
start: greet
states:
  greet:
    do: [answer, {say: welcome}]
    then: choose
  choose:
    do: {ask: {prompts: menu, choices: {sales: 1}, attempts: 1}}
    then: {sales: bye, no_input: bye, no_match: bye}
  bye:
    do: hang_up
"""
PYTHON = """\
from ivr import Choices, Flow, answer, ask, hang_up, say

flow = Flow("tiny", start="greet")


@flow.state(done="choose")
async def greet(call):
    await answer(call)
    return (await say(call, "welcome")).outcome


@flow.state(sales="bye", no_input="bye", no_match="bye")
async def choose(call):
    return (await ask(call, "menu", choices=Choices({"sales": ["1"]}), attempts=1)).outcome


@flow.state()
async def bye(call):
    return (await hang_up(call)).outcome
"""
STORY = """\
ivr: 1
scenarios:
  sales:
    steps:
      - hears: welcome
      - is_asked: menu
      - presses: 1
      - is_over: flow
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file below the temporary folder; the tiny flow is there already."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    put("tiny.yaml", FLOW)
    return put

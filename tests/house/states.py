"""Some states of a flow, as a page shows them, in a flow that has all that they need."""

import re
from pathlib import Path

import yaml

from ivr.engine.errors import LoadError
from ivr.engine.flow import Flow
from ivr.flowfile import load_flow

_YAML = "ivr: 1\nflow: part\nstart: {start}\nstates:\n"
_YAML_ENTRY = "  entry: {{do: answer, then: {first}}}\n"
_YAML_OTHER = "  {name}: {{do: [answer, hang_up]}}\n"

_PYTHON = 'from ivr import *\nflow = Flow("part", start="{start}")\n'
_PYTHON_ENTRY = """
@flow.state(done="{first}")
async def entry(call):
    return (await answer(call)).outcome
"""
_PYTHON_OTHER = """
@flow.state()
async def {name}(call):
    await answer(call)
    return (await hang_up(call)).outcome
"""


def are_python_states(text: str) -> bool:
    """Whether *text* is states in Python without their flow."""
    return "@flow.state(" in text and "Flow(" not in text


def load_states(path: Path, text: str, answered: bool) -> Flow:
    """The flow of the states *text*, and of the states to which they lead.

    It is written to *path*, which says in what it is spelled.  *answered*: the call comes to them
    after the answer.  Raises `LoadError`.
    """
    in_python = path.suffix == ".py"
    if in_python:
        first = re.findall(r"^async def (\w+)", text, re.MULTILINE)[0]
        head, entry, other = _PYTHON, _PYTHON_ENTRY, _PYTHON_OTHER
    else:
        first = next(iter(yaml.safe_load(text)))
        head, entry, other, text = _YAML, _YAML_ENTRY, _YAML_OTHER, indented(text, 2)
    start = head.format(start="entry" if answered else first)
    start += entry.format(first=first) if answered else ""
    others: set[str] = set()
    while True:
        rest = "".join(other.format(name=name) for name in sorted(others))
        path.write_text(start + text + rest, encoding="utf-8")
        try:
            return load_flow(path)
        except LoadError as error:
            words = " ".join(fault.message for fault in error.faults)
            unknown = set(re.findall(r"(?:unknown|no such) state:? '(.+?)'", words)) - others
            if not unknown:
                raise
            others |= unknown


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" if line else "\n" for line in text.splitlines())

"""What the tests of flow files share: read a text, and see its faults as an author would."""

from pathlib import Path
from textwrap import dedent

from ivr.engine.errors import Fault, LoadError
from ivr.engine.flow import Flow
from ivr.flowfile import load_flow

HEAD = "ivr: 1\nflow: f\nstart: a\nstates:\n  a:\n"  # what follows begins in line 6
PROMPTS = ("welcome", "goodbye", "menu", "no_match")


def state(lines: str) -> str:
    """A flow whose only state `a` has *lines*, which stand from column 5 on."""
    return HEAD + "".join(f"    {line}\n" for line in dedent(lines).strip("\n").split("\n"))


def load(folder: Path, text: str | bytes, name: str = "f.yaml") -> Flow:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_flow(path, PROMPTS)


def faults(folder: Path, text: str | bytes, name: str = "f.yaml") -> list[str]:
    """Every fault of a flow file as ``line:column: message``; none for a good one."""
    try:
        load(folder, text, name)
    except LoadError as error:
        prefix = f"{folder / name}:"
        found = [without_code(fault) for fault in error.faults]
        assert all(fault.startswith(prefix) for fault in found), error
        return [fault.removeprefix(prefix).strip() for fault in found]
    return []


def all_faults(folder: Path, name: str) -> list[str]:
    """Every fault of a flow and of the files that belong to it, each as ``file:line:column: …``."""
    try:
        load_flow(folder / name, PROMPTS)
    except LoadError as error:
        return [without_code(fault).removeprefix(f"{folder}/") for fault in error.faults]
    return []


def without_code(fault: Fault) -> str:
    return str(fault).removesuffix(f" [{fault.code}]")


PYTHON_HEAD = """\
import ivr
from ivr import END, Call, Choices, Flow, Text, answer, ask, branch, collect, record, say, transfer
from ivr import pause, set_variables

MENU = Choices({"sales": ["1"], "desk": ["0"]})
TRANSFERRED = ("answered", "busy", "no_answer", "rejected", "unreachable", "failed")
HI, WORDS = "welcome", Text("Hello")
flow = Flow("f", start="a")
"""
LINES = PYTHON_HEAD.count("\n")


def python(body: str) -> str:
    """A flow whose first line, below the imports, is line 1 of *body*."""
    return PYTHON_HEAD + dedent(body).strip("\n") + "\n"


def python_faults(folder: Path, body: str) -> list[str]:
    """The faults of *body*, with the line numbers of *body*."""
    found = []
    for fault in faults(folder, python(body), "f.py"):
        line, _, rest = fault.partition(":")
        found.append(f"{int(line) - LINES}:{rest}" if line.isdigit() else fault)
    return found

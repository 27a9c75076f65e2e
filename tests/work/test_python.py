"""Functions of the project's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ivr.work.job import Failed, TooSlow
from ivr.work.python import Python

TARIFFS = """
import asyncio
read = []
read.append(1)
def price(to, minutes=1): return len(to) * minutes
async def later(x): await asyncio.sleep(0); return x
async def never(): await asyncio.Event().wait()
def breaks(): raise ValueError("no tariff")
rate = 3
"""


@pytest.fixture
def job(tmp_path: Path) -> Python:
    (tmp_path / "tariffs.py").write_text(TARIFFS)
    (tmp_path / "broken.py").write_text("import nothing_of_that_name")
    (tmp_path / "wrong.py").write_text("def")
    return Python([tmp_path / "none", tmp_path])


def call(job: Python, function: str, seconds: float = 5.0, **arguments: Any) -> Any:
    return job({"function": function, "arguments": arguments}, seconds)


def test_a_function_beside_the_flows(job: Python) -> None:
    assert call(job, "tariffs:price", to="abc", minutes=2) == 6
    assert call(job, "tariffs:later", x="y") == "y"


def test_a_function_of_an_installed_module(job: Python) -> None:
    assert call(job, "os.path:basename", p="/a/b") == "b"


def test_a_module_is_read_once(job: Python, tmp_path: Path) -> None:
    call(job, "tariffs:price", to="x")
    (tmp_path / "tariffs.py").write_text("")
    assert call(job, "tariffs:price", to="x") == 1


def test_one_that_waits_for_ever_is_cut_off(job: Python) -> None:
    with pytest.raises(TooSlow):
        call(job, "tariffs:never", 0.05)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        ("tariffs:cost", "tariffs has no function cost"),
        ("tariffs:rate", "tariffs has no function rate"),
        ("nowhere:x", "no file nowhere.py beside the flows, and no module nowhere"),
        ("nowhere.at_all:x", "no file nowhere.at_all.py beside"),
    ],
)
def test_a_function_that_there_is_not(job: Python, function: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        call(job, function)


def test_what_is_raised_is_the_functions_own(job: Python) -> None:
    with pytest.raises(ValueError, match="no tariff"):
        call(job, "tariffs:breaks")
    with pytest.raises(TypeError):
        call(job, "tariffs:price", nothing=1)
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        call(job, "broken:x")
    with pytest.raises(SyntaxError):
        call(job, "wrong:x")

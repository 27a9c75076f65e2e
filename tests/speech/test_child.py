"""Both ends of a helper process, with children that misbehave."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.speech.child import Child, ChildError

Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Makes a child out of a few lines of Python."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    children: list[Child] = []

    def make(body: str, start_limit: float = 20.0) -> Child:
        tmp_path.joinpath("some_child.py").write_text(body)
        children.append(Child("some_child", start_limit))
        return children[-1]

    yield make
    for child in children:
        child.close()


ECHO = """
import os, sys
from ivr.speech.child import answer_requests

def handle(request):
    print("chatter of a library")
    if "raise" in request:
        raise ValueError(request["raise"])
    if "exit" in request:
        print("out of memory, sorry", file=sys.stderr)
        os._exit(request["exit"])
    return {"pid": os.getpid(), "echo": request}

answer_requests(handle)
"""


def test_requests_are_answered_in_turn_by_one_process(start: Start) -> None:
    child = start(ECHO)
    answers = [child.ask({"n": i}, 10) for i in range(20)]
    assert [answer["echo"]["n"] for answer in answers] == list(range(20))
    assert {answer["pid"] for answer in answers} == {child.pid}


def test_threads_take_turns(start: Start) -> None:
    child = start(ECHO)
    answers: dict[int, int] = {}

    def ask(n: int) -> None:
        for _ in range(20):
            answers[n] = child.ask({"n": n}, 10)["echo"]["n"]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: n for n in range(8)}


def test_an_exception_is_an_answer(start: Start) -> None:
    child = start(ECHO)
    assert child.ask({"raise": "no such thing"}, 10) == {"error": "no such thing"}
    assert child.ask({"raise": ""}, 10) == {"error": "ValueError"}


def test_a_request_larger_than_any_pipe(start: Start) -> None:
    words = "ü" * 300_000
    assert start(ECHO).ask({"words": words}, 10)["echo"] == {"words": words}


def test_a_request_larger_than_any_pipe_to_a_deaf_child(start: Start) -> None:
    child = start("import json, time; print('{}', flush=True); time.sleep(60)")
    with pytest.raises(ChildError, match=r"no answer within 0\.2 s"):
        child.ask({"words": "x" * 300_000}, 0.2)


def test_a_child_that_always_dies_says_why(start: Start) -> None:
    child = start(ECHO)
    with pytest.raises(ChildError, match=r"exit code 7\): out of memory, sorry"):
        child.ask({"exit": 7}, 10)
    assert child.ask({"n": 1}, 10)["echo"] == {"n": 1}


def test_a_child_that_cannot_start_says_why(start: Start) -> None:
    with pytest.raises(ChildError, match=r"exit code 1\): ModuleNotFoundError: .*no_such_package"):
        start("import no_such_package").ask({}, 10)


def test_a_child_that_never_becomes_ready(start: Start) -> None:
    with pytest.raises(ChildError, match=r"no answer within 0\.2 s"):
        start("import time; time.sleep(60)", start_limit=0.2).ask({}, 10)


@pytest.mark.parametrize("answer", ["nonsense", "[1]", "\\xff"])
def test_a_child_that_talks_nonsense(start: Start, answer: str) -> None:
    with pytest.raises(ChildError, match="nonsense"):
        start(f"import time; print('{answer}', flush=True); time.sleep(60)").ask({}, 10)


def test_a_child_that_falls_silent_is_killed_and_asked_again(start: Start, tmp_path: Path) -> None:
    marker = tmp_path / "was here"
    child = start(f"""
import os, time
from pathlib import Path
from ivr.speech.child import answer_requests

def handle(request):
    marker = Path({str(marker)!r})
    if not marker.exists():
        marker.write_text(str(os.getpid()))
        time.sleep(60)
    return {{"pid": os.getpid()}}

answer_requests(handle)
""")
    answer = child.ask({}, 4.0)
    assert answer == {"pid": child.pid}
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


def test_the_folder_we_run_in_does_not_shadow_modules(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "flows"
    elsewhere.mkdir()
    elsewhere.joinpath("json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.chdir(elsewhere)
    assert json.dumps(start(ECHO).ask({"n": 1}, 10)["echo"]) == '{"n": 1}'


def test_closing_twice_and_asking_again(start: Start) -> None:
    child = start(ECHO)
    child.close()
    first = child.ask({}, 10)["pid"]
    child.close()
    child.close()
    assert child.pid is None
    assert child.ask({}, 10)["pid"] != first

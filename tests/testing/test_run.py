"""What `ivr test` does, as data."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr import LoadError
from ivr.testing.run import find, run
from ivr.testing.scenario import ScenarioResult

from .conftest import FLOW, STORY

Write = Callable[[str, str], Path]


def test_a_folder_stands_for_all_scenarios_in_it(write: Write) -> None:
    one = write("tiny.test.yaml", STORY)
    two = write("deep/down/tiny.test.yaml", STORY)
    write(".venv/tiny.test.yaml", STORY)
    assert find([one.parent, one]) == [two, one]
    assert find([one.with_name("tiny.yaml")]) == [one]


def test_a_path_without_scenarios(write: Write) -> None:
    flow = write("tiny.yaml", FLOW)
    folder = flow.parent
    with pytest.raises(LoadError) as failure:
        find([folder, flow, folder / "no.test.yaml"])
    assert [f.message for f in failure.value.faults] == [
        "no scenarios in here; expected a file such as menu.test.yaml",
        "no scenarios; expected the file tiny.test.yaml beside it",
        "no such file or folder",
    ]
    assert run([folder / "no"]).exit_code == 1


def test_all_went_as_told(write: Write) -> None:
    seen: list[ScenarioResult] = []
    report = run([write("tiny.test.yaml", STORY)], told=seen.append)
    assert report.exit_code == 0
    assert report.results == seen
    assert report.as_json()["passed"] == 1


def test_one_went_otherwise(write: Write) -> None:
    path = write("tiny.test.yaml", STORY.replace("is_over: flow", "is_over: caller"))
    report = run([path])
    assert report.exit_code == 1
    assert len(report.failed) == 1
    told = json.loads(json.dumps(report.as_json()))
    (scenario,) = told["scenarios"]
    assert scenario["scenario"] == "sales"
    assert (scenario["line"], scenario["passed"]) == (8, False)
    assert scenario["sentence"].startswith("expected the call to be ended by the caller")
    assert told["faults"] == []


def test_a_bad_file_does_not_keep_the_others_from_running(write: Write) -> None:
    good = write("tiny.test.yaml", STORY)
    write("bad/tiny.test.yaml", "ivr: 1\n")
    report = run([good.parent])
    assert report.exit_code == 1
    assert [r.passed for r in report.results] == [True]
    faults = report.as_json()["faults"]
    assert [(f["line"], f["column"]) for f in faults] == [(1, 1), (1, 1)]

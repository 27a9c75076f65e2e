"""Everything that is written in a sample is met by a caller of its stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.inspect.coverage import Coverage
from ivr.inspect.coverage.table import missed
from ivr.testing.run import run
from ivr.testing.watching import watching

SAMPLES = Path(__file__).parents[2] / "flows/samples"
STORIES = sorted(SAMPLES.glob("*.test.yaml"))


def test_every_sample_has_stories() -> None:
    flows = {file for file in SAMPLES.glob("*.yaml") if file not in STORIES}
    assert {f"{file.stem}.test.yaml" for file in flows} == {file.name for file in STORIES}


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.name.split(".")[0])
def test_nothing_in_a_sample_is_unproven(file: Path) -> None:
    with watching() as calls:
        run([file])
    coverage = Coverage()
    coverage.add(calls)
    assert list(missed(coverage)) == []
    assert coverage.flows

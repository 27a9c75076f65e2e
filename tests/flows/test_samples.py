"""Every state of every sample, and every way out of it, is met by a caller of its stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.engine.flow import Flow
from ivr.testing import SimulatedCall
from ivr.testing.scenario import load_scenarios

SAMPLES = Path(__file__).parents[2] / "flows/samples"
STORIES = sorted(SAMPLES.glob("*.test.yaml"))


def ways(flow: Flow) -> set[tuple[str, str]]:
    """Every state with each of the outcomes that it names; those in brackets are the engine's."""
    own = {name: state for name, state in flow.states.items() if not name.startswith("(")}
    return {(name, outcome) for name, state in own.items() for outcome in state.on or ("",)}


def gone(call: SimulatedCall) -> set[tuple[str, str]]:
    """Those that a call has gone."""
    found, state = set(), ""
    for kind, detail in call.notes:
        if kind == "state":
            state = detail
        elif kind == "outcome":
            found.add((state, detail))
    return found | {(state, "") for state in call.path}


def test_every_sample_has_stories() -> None:
    flows = {file for file in SAMPLES.glob("*.yaml") if file not in STORIES}
    assert {f"{file.stem}.test.yaml" for file in flows} == {file.name for file in STORIES}


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.name.split(".")[0])
def test_nothing_in_a_sample_is_unproven(file: Path) -> None:
    loaded = load_scenarios(file)
    for flow in loaded.flows.values():
        found = set[tuple[str, str]]()
        for scenario in loaded.scenarios:
            call = SimulatedCall(flow, **scenario.offer)
            for step in scenario.steps:
                step.tell(call)
            found |= gone(call)
        assert ways(flow) - found == set()

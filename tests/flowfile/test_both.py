"""The sample in both spellings is one flow."""

from pathlib import Path

import pytest

from ivr.engine.effects import Text
from ivr.flowfile import load_flow, static_prompts

from .reading import load, state

FLOWS = Path("flows")
YAML, PYTHON = (load_flow(FLOWS / f"auto_attendant{suffix}") for suffix in (".yaml", ".py"))


def test_the_same_flow() -> None:
    assert (YAML.name, YAML.start, YAML.language) == (PYTHON.name, PYTHON.start, PYTHON.language)
    assert list(YAML.states) == list(PYTHON.states)


@pytest.mark.parametrize("name", YAML.states)
def test_the_same_outcomes_lead_to_the_same_states(name: str) -> None:
    one, other = YAML.states[name].on, PYTHON.states[name].on
    both = one.keys() & other.keys()
    assert {outcome: one[outcome] for outcome in both} == {o: other[o] for o in both}
    assert set(one.values()) == set(other.values())


@pytest.mark.parametrize("name", YAML.states)
def test_the_same_prompts(name: str) -> None:
    assert YAML.states[name].prompts == PYTHON.states[name].prompts


def test_static_prompts_are_names_and_texts_that_never_change(tmp_path: Path) -> None:
    flow = load(
        tmp_path,
        state("""
            do:
              - answer
              - say: [welcome, {text: Hello}, {text: "Hello {{ caller }}"}]
              - record_call: {consent: [goodbye], beep: yes}
              - record_call: none
              - collect:
                  text: Which one?
                  into: x
                  no_input_prompts: menu
                  no_match_prompts: [no_match, {text: No}]
            then: {done: end, no_input: end, no_match: end}
        """),
    )
    words = {Text("Hello"), Text("Which one?"), Text("No")}
    assert static_prompts(flow) == {"welcome", "goodbye", "menu", "no_match"} | words


def test_the_prompts_of_the_sample_are_all_there() -> None:
    assert static_prompts(YAML) == static_prompts(PYTHON)
    assert {"welcome", "menu", "night", "goodbye"} <= static_prompts(YAML)

"""What goes wrong in a call whatever its story expects, and lines that have lost their voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.flowfile import load_flow
from ivr.testing import SimulatedCall, StoryError

TOP = "ivr: 1\nflow: desk\nstart: desk\n"
FAILED = "no_answer: end, rejected: end, unreachable: end, failed: end"


def call_of(folder: Path, verbs: str, then: str, **offer: object) -> SimulatedCall:
    path = folder / "desk.yaml"
    path.write_text(f"{TOP}states:\n  desk: {{do: [answer, {verbs}], then: {{{then}}}}}\n")
    return SimulatedCall(load_flow(path), **offer)  # type: ignore[arg-type]


def wrong_with(call: SimulatedCall) -> str:
    with pytest.raises(StoryError) as error:
        call.goes_well()
    return error.value.sentence


def test_a_call_in_which_nothing_happens_goes_well(tmp_path: Path) -> None:
    call_of(tmp_path, "{say: hello}", "done: end").hears("hello").is_over().goes_well()


def test_a_step_that_fails(tmp_path: Path) -> None:
    call = call_of(tmp_path, '{say: {text: "{{ name }}"}}', "done: end").is_over()
    assert "in desk the flow fails" in wrong_with(call)


def test_silence(tmp_path: Path) -> None:
    slow = '{http: {url: "https://a.example/", seconds: 9}}'
    call = call_of(tmp_path, slow, "ok: end, failed: end, timeout: end")
    assert "hears nothing: 4 s" in wrong_with(call.waits_for("http", after=8).is_over())


@pytest.mark.parametrize(("result", "well"), [("busy", False), ("answered", True)])
def test_a_transfer_that_comes_to_nothing(tmp_path: Path, result: str, well: bool) -> None:
    call = call_of(tmp_path, '{transfer: "sip:1@pbx"}', f"answered: end, busy: end, {FAILED}")
    call.is_transferred_to("sip:1@pbx", result).is_over()  # type: ignore[arg-type]
    if well:
        call.goes_well()
    else:
        assert "told nothing: busy 486" in wrong_with(call)


def test_a_secret_that_is_told(tmp_path: Path) -> None:
    ask = "{collect: {prompts: pin, into: pin, length: 4, sensitive: yes}}"
    said = '{log: "{{ caller }} typed 8261"}'
    call = call_of(tmp_path, f"{ask}, {said}", "done: end, no_input: end, no_match: end")
    call.is_asked("pin").presses("8261").is_over()
    assert "a secret is told to the journal (log_info)" in wrong_with(call)


def test_a_secret_that_is_part_of_the_callers_number_is_seen_by_chance(tmp_path: Path) -> None:
    ask = "{collect: {prompts: pin, into: pin, length: 4, sensitive: yes}}"
    then = "done: end, no_input: end, no_match: end"
    call = call_of(tmp_path, f'{ask}, {{log: "{{{{ caller }}}}"}}', then, caller="+498261")
    call.is_asked("pin").presses("8261").is_over().goes_well()


def test_without_a_voice_each_prompt_is_over_at_once(tmp_path: Path) -> None:
    call = call_of(tmp_path, "{say: [hello, goodbye]}", "done: end").has_no_voice().is_over()
    assert call.now < 1


def test_a_recogniser_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    ask = "{ask: {prompts: menu, choices: {sales: sales}, attempts: 1}}"
    call = call_of(tmp_path, ask, "sales: end, no_input: end, no_match: end")
    call.hears("menu").is_unheard(2).is_over("flow")
    assert ("timer", "utterance 16 s") in call.notes

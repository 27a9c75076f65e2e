"""A call in someone's hands, and the story that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import Flow
from ivr.flowfile import load_flow
from ivr.testing.commands import obey
from ivr.testing.handset import Handset, Refused
from ivr.testing.scenario import load_scenarios
from ivr.testing.steps import STEPS
from ivr.testing.story import head, with_story
from ivr.testing.transcript import last_events
from ivr.testing.written import save, written

from . import samples

ROOT = Path(__file__).parents[2]
TEXTS = {"welcome": "Welcome to Example.", "menu": "For sales, press [1]."}


def after(flow: Flow, *commands: str) -> Handset:
    phone = Handset(flow, texts=TEXTS)
    for command in commands:
        obey(phone, command)
    return phone


def steps(phone: Handset) -> list[str]:
    """The sentences of its story."""
    return [str(step) for step in written(phone).steps]


def test_time_goes_on_to_where_the_caller_has_a_say() -> None:
    phone = Handset(samples.menu)
    assert phone.go_on() == "asked" and phone.call.state == "choose"
    phone.press("1")
    assert phone.go_on() == "rings"
    phone.decide("busy")
    assert phone.go_on() == "over"


def test_time_stops_at_a_breakpoint() -> None:
    phone = after(samples.menu, "break choose")
    assert obey(phone, "break") == "stops at choose"
    assert phone.go_on() == "breakpoint" and phone.line.now < 2
    assert obey(phone, "break choose") == "no longer stops at choose"
    with pytest.raises(Refused, match="no such state: 'chose'; expected one of bye, choose, desk"):
        obey(phone, "break chose")


def test_a_command_is_taken_back_with_the_time_that_it_took() -> None:
    phone = after(samples.menu, "go on")
    before, now = last_events(phone.line.log), phone.line.now
    obey(phone, "12")
    assert phone.line.now > now
    obey(phone, "back")
    assert (last_events(phone.line.log), phone.line.now) == (before, now)
    assert obey(phone, "back") == "" and phone.line.now == 0
    assert obey(phone, "back") == "this is the beginning"


def test_what_is_refused_has_not_happened() -> None:
    phone = after(samples.menu, "go on")
    story = [told.step for told in phone.story]
    with pytest.raises(Refused, match="expected to be transferred to sip"):
        obey(phone, "is_transferred_to: sip:1@pbx.example")
    with pytest.raises(Refused, match="unknown state 'chose'; did you mean 'choose'"):
        obey(phone, "is_in: chose")
    assert [told.step for told in phone.story] == story and phone.call.state == "choose"


def test_a_story_is_written_as_people_write_it() -> None:
    phone = after(samples.menu, "", "", "", "+1", "1", "go on", "transfer busy", "go on")
    assert steps(phone) == [
        "hears: welcome",
        "is_asked: menu",
        'presses: "1"',
        "hears: connecting",
        'is_transferred_to: {to: "sip:601@pbx.example", result: busy}',
        "hears: {text: Your place in the queue is 7. Goodbye.}",
        "is_over: flow",
        "goes_through: [greet, choose, desk, sorry_, bye]",
    ]


def test_keys_in_a_row_are_one_sentence() -> None:
    assert 'presses: "12"' in steps(after(samples.menu, "go on", "1", "2"))


def test_time_that_matters_is_told() -> None:
    told = steps(after(samples.voicemail, "go on", "say one two three four five", "+1", "#"))
    assert "waits: 1 s" in told


def test_the_far_end_takes_a_call_with_a_key_where_it_is_asked_for_one(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(
        "ivr: 1\nflow: desk\nstart: a\nstates:\n  a:\n    do:\n      - answer\n"
        "      - transfer: {to: sip:1@pbx.example, accept: '1'}\n"
        "    then: {answered: end, busy: end, no_answer: end, rejected: end,"
        " unreachable: end, failed: end}\n"
    )
    phone = after(load_flow(file), "go on", "transfer answered")
    assert ("outcome", "answered") in phone.call.notes
    assert any("presses" in step for step in steps(phone))


def test_the_name_of_a_story_is_on_one_line(tmp_path: Path) -> None:
    flow = tmp_path / "menu.yaml"
    flow.write_text((ROOT / "flows/samples/visitor_line.yaml").read_text(encoding="utf-8"))
    phone = after(load_flow(flow), "bye")
    assert save(phone, "it's\n two  lines", flow, load_scenarios)[1] == "it's two lines"
    assert save(phone, " \n", flow, load_scenarios)[1] == "door"


def test_a_story_is_saved_beside_its_flow_and_passes(tmp_path: Path) -> None:
    flow = tmp_path / "menu.yaml"
    flow.write_text((ROOT / "flows/samples/survey.yaml").read_text())
    phone = after(load_flow(flow), "go on", "1", "go on")
    for number in (1, 2):
        path, name = save(phone, "by hand", flow, load_scenarios)
        assert name == ("by hand" if number == 1 else "by hand 2")
    assert sorted(yaml.safe_load(path.read_text())["scenarios"]) == ["by hand", "by hand 2"]
    assert all(result.passed for result in load_scenarios(path).run())
    assert sorted(tmp_path.iterdir()) == [path, flow]


def test_a_file_that_has_no_place_for_a_story_stays_as_it_is(tmp_path: Path) -> None:
    flow = tmp_path / "menu.yaml"
    flow.write_text((ROOT / "flows/samples/survey.yaml").read_text())
    stories = tmp_path / "menu.test.yaml"
    stories.write_text("scenarios: {one: {steps: [is_over]}}\nivr: 1\n")
    with pytest.raises(Refused, match="not saved"):
        save(after(load_flow(flow), "go on"), "", flow, load_scenarios)
    assert stories.read_text().endswith("ivr: 1\n")


COMMANDS = st.one_of(
    st.sampled_from(["", "step", "go on", "go on", "back", "hang up", "work ok {}", "work failed"]),
    st.text("0123456789*#", min_size=1, max_size=5),
    st.sampled_from(["transfer busy", "transfer answered", "transfer no_answer", "work timeout"]),
    st.decimals(0, 70, places=1).map("+{}".format),
    st.sampled_from(["say yes", "say seven", "mumbles", "listen_fails", "is_dismissed"]),
    st.sampled_from(sorted(STEPS)) | st.text(max_size=8),
)


@pytest.mark.parametrize("file", samples.FILES, ids=lambda file: file.stem)
@settings(max_examples=5, deadline=None)
@given(commands=st.lists(COMMANDS, max_size=12))
def test_whatever_is_done_its_story_passes(
    file: Path, commands: Sequence[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    phone = Handset(load_flow(file), texts=TEXTS)
    for command in commands:
        try:
            obey(phone, command)
        except Refused:
            continue
    stories = tmp_path_factory.mktemp("story") / "one.test.yaml"
    stories.write_text(with_story(head(str(file)), written(phone).lines("one")))
    for result in load_scenarios(stories).run():
        assert result.passed, result.report()

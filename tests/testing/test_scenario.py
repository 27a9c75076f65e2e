"""Stories in YAML: read with places, told with the same sentences as in Python."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr import IvrError, LoadError
from ivr.testing.offer import moment
from ivr.testing.scenario import load_scenarios
from ivr.testing.steps import STEPS
from tests.flowfile.reading import without_code

from .conftest import FLOW, PYTHON, STORY

Write = Callable[[str, str], Path]


def faults(path: Path) -> list[str]:
    """The faults of a file, without its folder."""
    with pytest.raises(LoadError) as failure:
        load_scenarios(path)
    folder = f"{path.parent}/"
    return [without_code(fault).replace(folder, "") for fault in failure.value.faults]


def steps(write: Write, *lines: str, head: str = "") -> Path:
    told = "".join(f"\n      - {line}" for line in lines)
    return write("tiny.test.yaml", f"ivr: 1\nscenarios:\n  one:\n{head}    steps:{told}\n")


def test_the_flow_beside_it_is_tested(write: Write) -> None:
    loaded = load_scenarios(write("tiny.test.yaml", STORY))
    assert [flow.name for flow in loaded.flows.values()] == ["tiny"]
    (result,) = loaded.run()
    assert result.passed
    assert result.scenario == "sales"
    assert result.place.line == 3
    assert result.seconds == pytest.approx(2.32)


def test_the_flow_beside_it_may_be_python(write: Write) -> None:
    write("other.py", PYTHON)
    (result,) = load_scenarios(write("other.test.yaml", STORY)).run()
    assert result.passed


def test_each_spelling_is_told_every_story(write: Write) -> None:
    write("flows/tiny.yaml", FLOW)
    write("flows/tiny.py", PYTHON)
    story = STORY.replace("scenarios", "flow: [flows/tiny.yaml, flows/tiny.py]\nscenarios")
    results = load_scenarios(write("both.test.yaml", story)).run()
    assert [(r.flow.name, r.passed) for r in results] == [("tiny.yaml", True), ("tiny.py", True)]


def test_a_step_that_does_not_come_true_says_where(write: Write) -> None:
    path = steps(write, "hears: welcome", "hears: goodbye", "is_over")
    (result,) = load_scenarios(path).run()
    assert not result.passed
    assert (result.place.line, result.place.column) == (6, 9)
    assert result.sentence == "expected to hear goodbye; it is menu (at 00:02.3, state choose)"
    assert "00:00.3  hears welcome" in result.transcript
    assert result.report().startswith(f"{path}:6:9: one: expected to hear goodbye")
    assert "last events:" in result.report()


def test_every_sentence_can_be_told(write: Write) -> None:
    assert set(STEPS) == {
        "hears",
        "is_asked",
        "presses",
        "says",
        "mumbles",
        "listen_fails",
        "listens_for",
        "does_not_listen",
        "waits",
        "leaves_a_message",
        "hangs_up",
        "is_moved_to",
        "is_interrupted_with",
        "is_dismissed",
        "is_rung",
        "is_in_early_media",
        "is_sent_digits",
        "is_transferred_to",
        "is_screened_as",
        "waits_for",
        "has_no_memory",
        "is_redirected_to",
        "is_rejected_with",
        "is_answered",
        "is_not_answered",
        "is_over",
        "ends_with",
        "is_in",
        "goes_through",
        "has",
        "has_left_messages",
        "has_in_mailbox",
        "is_recorded",
        "goes_well",
        "is_unheard",
        "has_no_voice",
    }
    path = steps(
        write,
        "hears: [welcome, menu]",
        "is_asked: menu",
        "waits: 1500 ms",
        "says: {text: on, confidence: 0.1}",
        "presses: {keys: 1, every: 0.1}",
        "is_over: {by: flow}",
        "is_in: bye",
        "goes_through: [greet, bye]",
        "has_left_messages: 0",
    )
    (result,) = load_scenarios(path).run()
    assert result.report() == f"{path}:3:3: one: "
    assert result.passed


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-12-25 10:00 Europe/Berlin", datetime(2025, 12, 25, 9, tzinfo=UTC)),
        ("2025-12-25 10:00:30", datetime(2025, 12, 25, 10, 0, 30, tzinfo=UTC)),
        ("2025-12-25T10:00+02:00", datetime(2025, 12, 25, 8, tzinfo=UTC)),
        ("2025-12-25", datetime(2025, 12, 25, tzinfo=UTC)),
    ],
)
def test_the_clock_is_set(write: Write, text: str, moment: datetime) -> None:
    (scenario,) = load_scenarios(steps(write, "is_over", head=f"    at: {text}\n")).scenarios
    assert scenario.offer["at"] - moment == timedelta(0)


def test_the_offer_is_told(write: Write) -> None:
    head = (
        "    caller: 030\n    dialled: 010\n    description: the whole of it\n"
        "    headers: {x-priority: on}\n    durations: {welcome: 5 s}\n"
    )
    (scenario,) = load_scenarios(steps(write, "hangs_up", head=head)).scenarios
    assert scenario.offer == {
        "caller": "030",
        "dialled": "010",
        "headers": {"x-priority": "on"},
        "durations": {"welcome": 5.0},
    }


def test_all_faults_at_once_each_at_its_place(write: Write) -> None:
    path = steps(
        write,
        "hear: welcome",
        "hears: {promts: x}",
        "presses: none",
        "is_transferred_to: {to: nowhere, result: bussy}",
        "is_in: chose",
        "goes_through: [greet, end, nowhere]",
        "hangs_up: now",
        "[hears]",
        head="    at: yesterday\n    stepz: x\n",
    )
    assert faults(path) == [
        "tiny.test.yaml:4:9: at: 'yesterday': expected a time such as 2025-03-03 10:00"
        " Europe/Berlin",
        "tiny.test.yaml:5:5: unknown key 'stepz'; did you mean 'steps'?",
        "tiny.test.yaml:7:9: unknown step 'hear'; did you mean 'hears'?",
        "tiny.test.yaml:8:17: hears has no 'promts'; did you mean 'prompts'?",
        "tiny.test.yaml:9:9: presses needs at least one key",
        "tiny.test.yaml:10:33: to: 'nowhere' is no address; expected such as sip:601@pbx.example",
        "tiny.test.yaml:10:50: result: unknown value 'bussy'; did you mean 'busy'?",
        "tiny.test.yaml:11:9: unknown state 'chose'; did you mean 'choose'?",
        "tiny.test.yaml:12:9: unknown state 'nowhere'; expected one of bye, choose, greet",
        "tiny.test.yaml:13:19: hangs_up takes nothing, found 'now'",
        "tiny.test.yaml:14:9: expected a step such as hears: welcome, found a list",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1: empty; expected ivr: 1, scenarios"]),
        ("ivr: 1\n", ["1:1: the file lacks scenarios"]),
        ("ivr: 2\nscenarios: {}\n", ["1:6: this version reads ivr: 1",
                                     "2:1: expected at least one scenario, by name"]),
        ("ivr: 1\nscenario: {}\n", ["2:1: unknown key 'scenario'; did you mean 'scenarios'?"]),
        ("ivr: 1\nflow: []\nscenarios: {one: {steps: [is_over]}}\n",
         ["2:1: expected at least one flow, as in flow: menu.yaml"]),
        ("ivr: 1\nscenarios: {one: two}\n",
         ["2:18: expected a scenario: at, caller, steps, found 'two'"]),
        ("ivr: 1\nscenarios: {one: {steps: []}}\n",
         ["2:13: scenario 'one' lacks steps, such as hears: welcome"]),
        ("ivr: 1\nscenarios: {one: {caller: me}}\n",
         ["2:13: scenario 'one' lacks steps, such as hears: welcome"]),
        ("just words\n", ["1:1: expected ivr: 1, flow, scenarios, found 'just words'"]),
    ],
)  # fmt: skip
def test_a_file_that_is_none(write: Write, text: str, expected: list[str]) -> None:
    assert faults(write("tiny.test.yaml", text)) == [f"tiny.test.yaml:{line}" for line in expected]


def test_a_story_says_what_is_listened_for(write: Write) -> None:
    write("tiny.yaml", FLOW)
    (story,) = load_scenarios(steps(write, "listens_for: [sales, desk]")).scenarios
    assert story.steps[0].positional == ("sales", "desk")


def test_the_faults_of_its_flow_are_faults(write: Write) -> None:
    write("tiny.yaml", FLOW.replace("do: hang_up", "do: hang_upp"))
    (fault,) = faults(write("tiny.test.yaml", STORY))
    assert fault.startswith("tiny.yaml:12:9: unknown verb 'hang_upp'")


def test_a_flow_that_is_not_there(write: Write) -> None:
    story = STORY.replace("scenarios", "flow: no.yaml\nscenarios")
    assert faults(write("tiny.test.yaml", story)) == [
        "tiny.test.yaml:2:7: no flow no.yaml; name it, as in flow: menu.yaml"
    ]
    assert faults(write("alone.test.yaml", STORY)) == [
        "alone.test.yaml:1:1: no flow alone.yaml; name it, as in flow: menu.yaml"
    ]


def test_prompts_are_checked_where_they_are_known(write: Write) -> None:
    path = write("tiny.test.yaml", STORY.replace("hears: welcome", "hears: welcom"))
    with pytest.raises(LoadError, match=r":5:16: .*unknown prompt 'welcom'; did you mean 'wel"):
        load_scenarios(path, prompts=["welcome", "menu"])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("yesterday", "'yesterday': expected a time such as 2025-03-03 10:00 Europe/Berlin"),
        ("2025-02-30 10:00", "'2025-02-30 10:00': expected a time such as 2025-03-03 10:00"),
        ("2025-03-03 10:00 Europe/Belrin", "unknown time zone 'Europe/Belrin'; did you mean"),
        ("2025-03-03 10:00 here", "unknown time zone 'here'; expected such as Europe/Berlin"),
    ],
)
def test_a_moment_that_is_none(text: str, wrong: str) -> None:
    with pytest.raises(IvrError, match=wrong):
        moment(text)

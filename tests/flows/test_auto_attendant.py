"""The front desk: one set of calls, both spellings."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr import Flow
from ivr.testing import SimulatedCall
from ivr.testing.run import run

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2025, 3, 3, 10, 0, tzinfo=BERLIN)
SUNDAY = datetime(2025, 3, 2, 10, 0, tzinfo=BERLIN)
CHRISTMAS = datetime(2025, 12, 25, 10, 0, tzinfo=BERLIN)  # a Thursday
FLOWS = Path(__file__).parents[2] / "flows"

pytestmark = pytest.mark.flow("flows/auto_attendant.yaml", "flows/auto_attendant.py", at=MONDAY)


def desk(number: int | str) -> str:
    return f"sip:{number}@127.0.0.1:5070"


DEPARTMENTS = [("1", 601, "sales"), ("2", 602, "support"), ("3", 603, "accounts")]
OPERATOR = ("0", 600, "operator")


# -- by day ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "number", "state"), [*DEPARTMENTS, OPERATOR])
def test_a_key_reaches_its_desk(call: SimulatedCall, key: str, number: int, state: str) -> None:
    call.hears("welcome").is_asked("menu").presses(key).hears("connecting")
    call.is_transferred_to(desk(number)).is_over(by="flow")
    assert call.path == ["greet", "welcome", "menu", state]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("sales please", 601),
        ("I would like to place a new order", 601),
        ("I have a problem with my bill", 602),
        ("it is about an invoice", 603),
        ("operator", 600),
    ],
)
def test_a_word_does_the_same_as_a_key(call: SimulatedCall, words: str, number: int) -> None:
    call.hears("welcome").is_asked("menu").says(words).is_transferred_to(desk(number))


def test_words_that_mean_two_desks_are_asked_again(call: SimulatedCall) -> None:
    call.hears("welcome", "menu").says("sales or support")
    call.is_asked("no_match", "menu").says("sales").is_transferred_to(desk(601))


@pytest.mark.parametrize("early", [0.0, 0.5, 1.5])
def test_a_key_pressed_during_the_welcome_counts(call: SimulatedCall, early: float) -> None:
    call.waits(early).presses("1").hears("connecting").is_transferred_to(desk(601))
    assert call.path == ["greet", "welcome", "menu", "sales"]


@pytest.mark.parametrize("result", ["busy", "no_answer", "rejected", "unreachable", "failed"])
@pytest.mark.parametrize(("key", "number", "state"), [*DEPARTMENTS, OPERATOR])
def test_a_desk_that_cannot_come_takes_a_message(
    call: SimulatedCall, key: str, number: int, state: str, result: str
) -> None:
    call.presses(key).is_transferred_to(desk(number), result)  # type: ignore[arg-type]
    call.hears("leave_message").leaves_a_message(9).hears("goodbye").is_over(by="flow")
    call.goes_through(state, "voicemail").has_left_messages(1)


def test_the_menu_is_repeated_at_once(call: SimulatedCall) -> None:
    call.hears("welcome").is_asked("menu").presses("9")
    call.is_asked("menu").presses("9").is_asked("menu").presses("2")
    call.is_transferred_to(desk(602))


def test_silence_leads_to_the_operator(call: SimulatedCall) -> None:
    call.hears("welcome", "menu", "menu", "menu").waits(4.9).is_asked()
    call.hears("connecting").is_transferred_to(desk(600))


def test_a_wrong_key_is_asked_again(call: SimulatedCall) -> None:
    call.hears("welcome").is_asked("menu").presses("7")
    call.is_asked("no_match", "menu").presses("8").is_asked("no_match", "menu").presses("1")
    call.is_transferred_to(desk(601))


def test_three_wrong_keys_lead_to_the_operator(call: SimulatedCall) -> None:
    call.hears("welcome").is_asked("menu").presses("7").is_asked("no_match", "menu")
    call.presses("8").is_asked("no_match", "menu").presses("*").hears("connecting")
    call.is_transferred_to(desk(600))


# -- extensions --------------------------------------------------------------------------------


def test_an_extension_is_dialled(call: SimulatedCall) -> None:
    call.hears("welcome").is_asked("menu").presses("4")
    call.is_asked("which_extension").presses("612").hears("connecting")
    call.is_transferred_to(desk(612)).has(extension="612").is_over(by="flow")


def test_an_extension_is_typed_ahead(call: SimulatedCall) -> None:
    call.presses("4612").hears("connecting").is_transferred_to(desk(612))


@pytest.mark.parametrize("number", ["512", "012", "799"])
def test_an_extension_that_is_not_ours_is_not_dialled(call: SimulatedCall, number: str) -> None:
    call.presses("4" + number).hears("connecting", "no_such_extension", "leave_message")
    call.hangs_up()
    assert call.path[-2:] == ["no_such_extension", "voicemail"]


def test_an_extension_that_rejects_does_not_exist(call: SimulatedCall) -> None:
    call.presses("4612").is_transferred_to(desk(612), "rejected").hears("no_such_extension")


@pytest.mark.parametrize("result", ["busy", "no_answer", "unreachable", "failed"])
def test_an_extension_that_cannot_come(call: SimulatedCall, result: str) -> None:
    call.presses("4612").is_transferred_to(desk(612), result)  # type: ignore[arg-type]
    call.hears("leave_message")


def test_an_unfinished_extension_is_asked_again(call: SimulatedCall) -> None:
    call.presses("461").waits(3).is_asked("no_match", "which_extension").presses("612")
    call.is_transferred_to(desk(612))


def test_an_extension_that_is_never_typed(call: SimulatedCall) -> None:
    call.presses("4").hears(*["which_extension"] * 3).is_transferred_to(desk(600))


# -- by night ----------------------------------------------------------------------------------

SHUT = [SUNDAY, CHRISTMAS, MONDAY.replace(hour=8, minute=59), MONDAY.replace(hour=17, minute=30)]


@pytest.mark.parametrize("at", SHUT, ids=str)
def test_the_office_is_shut(flow: Flow, at: datetime) -> None:
    call = SimulatedCall(flow, at=at).is_asked("night").presses("1")
    call.hears("leave_message").leaves_a_message(5).hears("goodbye").is_over(by="flow")
    assert call.path == ["greet", "night", "voicemail"]


@pytest.mark.parametrize("at", [MONDAY.replace(hour=9), MONDAY.replace(hour=17, minute=29)])
def test_the_office_is_open(flow: Flow, at: datetime) -> None:
    SimulatedCall(flow, at=at).hears("welcome").is_in("menu")


@pytest.mark.flow(at=SUNDAY)
def test_an_extension_can_be_dialled_at_night(call: SimulatedCall) -> None:
    call.is_asked("night").presses("2").is_asked("which_extension").presses("612")
    call.is_transferred_to(desk(612))


@pytest.mark.flow(at=CHRISTMAS)
def test_a_silent_caller_at_night_gets_voicemail(call: SimulatedCall) -> None:
    call.hears("night", "night", "night", "leave_message")
    assert ("schedule", "12-25") in call.notes


# -- messages ----------------------------------------------------------------------------------


@pytest.mark.flow(at=SUNDAY)
@pytest.mark.parametrize("ends_with", ["#", "silence", "hang_up"])
def test_a_message_is_kept(call: SimulatedCall, ends_with: str) -> None:
    call.presses("1").leaves_a_message(9, ends_with)  # type: ignore[arg-type]
    call.is_over().has_left_messages(1)
    assert call.ended_by == ("caller" if ends_with == "hang_up" else "flow")
    assert call.messages[0].name == "message"
    assert call.messages[0].seconds == pytest.approx(9)


@pytest.mark.flow(at=SUNDAY)
def test_a_message_ends_after_two_minutes(call: SimulatedCall) -> None:
    call.presses("1").leaves_a_message(600).hears("goodbye")
    assert call.messages[0].seconds == 120


@pytest.mark.flow(at=SUNDAY)
def test_a_caller_who_says_nothing_is_told(call: SimulatedCall) -> None:
    call.presses("1").hears("leave_message", "no_message").is_over(by="flow").has_left_messages(0)


# -- hanging up, anywhere ----------------------------------------------------------------------

WAYS = {
    "menu": "",
    "sales": "1",
    "support": "2",
    "accounts": "3",
    "operator": "0",
    "extension": "461",
    "no_such_extension": "4512",
    "voicemail": "1",
}


@pytest.mark.parametrize("state", WAYS)
def test_the_caller_may_leave_at_any_moment(call: SimulatedCall, state: str) -> None:
    call.hears("welcome").is_asked("menu")
    if WAYS[state]:
        call.presses(WAYS[state])
    if state == "no_such_extension":
        call.hears("connecting")
    if state == "voicemail":
        call.is_transferred_to(desk(601), "busy")
    leaves(call.is_in(state))


@pytest.mark.parametrize(("seconds", "state"), [(0, "greet"), (0.1, "greet"), (1, "welcome")])
def test_the_caller_may_leave_early(call: SimulatedCall, seconds: float, state: str) -> None:
    leaves(call.waits(seconds).is_in(state))


@pytest.mark.flow(at=SUNDAY)
@pytest.mark.parametrize(("keys", "state"), [("", "night"), ("1", "voicemail"), ("2", "extension")])
def test_the_caller_may_leave_at_night(call: SimulatedCall, keys: str, state: str) -> None:
    call.is_asked("night")
    leaves((call.presses(keys) if keys else call).is_in(state))


@pytest.mark.flow(at=SUNDAY)
@pytest.mark.parametrize("seconds", [1.0, 2.2, 3.0])
def test_the_caller_may_leave_before_a_word_is_recorded(
    call: SimulatedCall, seconds: float
) -> None:
    leaves(call.is_asked("night").presses("1").waits(seconds)).has_left_messages(0)


def leaves(call: SimulatedCall) -> SimulatedCall:
    call.hangs_up().is_over(by="caller")
    assert call.notes[-1] == ("end", "caller")
    assert not any(kind == "failed" for kind, _ in call.notes)
    return call


@pytest.mark.parametrize("stage", ["ringing", "talking"])
def test_the_caller_may_leave_during_a_transfer(call: SimulatedCall, stage: str) -> None:
    call.presses("1").is_transferred_to(desk(601), stage)  # type: ignore[arg-type]
    call.hangs_up().is_over(by="caller").goes_through("sales")
    assert call.path[-1] == "sales"


# -- what remains ------------------------------------------------------------------------------


def test_the_journal_has_every_key_that_a_step_took(call: SimulatedCall) -> None:
    call.hears("welcome").is_asked("menu").presses("4").is_asked("which_extension").presses("612")
    call.is_transferred_to(desk(612)).is_over()
    keys = [line["key"] for line in call.journal if line.get("event") == "digit"]
    assert keys == ["4", "6", "1", "2"]
    entries = [detail for kind, detail in call.notes if kind == "entry"]
    assert entries == ["typed 4", "typed 612"]
    assert call.notes[-4:] == [
        ("transfer", "answered 200"),
        ("outcome", "answered"),
        ("variables", "extension=612"),
        ("end", "flow"),
    ]


def test_its_stories_in_yaml_come_true() -> None:
    report = run([FLOWS / "auto_attendant.yaml"])
    assert report.faults == []
    assert [result.report() for result in report.failed] == []
    assert {result.flow.suffix for result in report.results} == {".yaml", ".py"}

"""Who answered: a human, a machine, or nobody who speaks."""

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Screen, Stop
from ivr.engine.events import Finding, Screened
from ivr.engine.flow import END, Flow
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import screen
from ivr.engine.verbs.screen import GRACE

from .driver import Driver


def screening(wait_for_beep: bool = False) -> Driver:
    async def find_out(call: Call) -> Result:
        return await screen(call, 5, wait_for_beep, greeting=20)

    phone = Driver(find_out)
    phone.start()
    assert phone.effects[-1] == Screen(1, 5)
    return phone


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize(
    ("found", "outcome", "reason"),
    [("human", "human", ""), ("silence", "silence", ""), ("beep", "machine", "beep")],
)
def test_what_is_found_is_the_outcome(
    found: Finding, outcome: str, reason: str, wait: bool
) -> None:
    phone = screening(wait)
    assert phone.take(Screened(1, found))[:-1] == []  # but for the end of the flow
    assert phone.result == Result(outcome, reason=reason)
    assert phone.noted("screened") == [f"{outcome} {reason}".strip()]


def test_a_machine_is_told_at_once_and_listened_to_no_more() -> None:
    phone = screening()
    assert Stop(1) in phone.take(Screened(1, "machine"))
    assert phone.result == Result("machine")


def test_a_machine_may_finish_its_greeting() -> None:
    phone = screening(wait_for_beep=True)
    phone.wait(3)
    assert phone.take(Screened(1, "machine")) == []
    assert phone.wait(19) == []
    assert Stop(1) not in phone.take(Screened(1, "beep"))
    assert phone.result == Result("machine", reason="beep")


def test_a_machine_that_never_beeps_is_one_all_the_same() -> None:
    phone = screening(wait_for_beep=True)
    phone.take(Screened(1, "machine"))
    assert phone.wait(19.9) == []
    assert Stop(1) in phone.wait(0.2)
    assert phone.result == Result("machine")


def test_without_a_report_it_is_a_human() -> None:
    phone = screening()
    phone.press("1")
    assert phone.wait(5 + GRACE - 0.1) == []
    assert Stop(1) in phone.wait(0.2)
    assert phone.result == Result("human")


def test_the_report_of_another_screening_is_not_its_own() -> None:
    phone = screening()
    phone.take(Screened(7, "machine"))
    phone.take(Screened(7, "human"))
    assert not phone.results


def test_a_key_that_is_pressed_meanwhile_is_kept() -> None:
    phone = screening()
    phone.press("1")
    assert list(phone.call.keys) == ["1"]


def test_it_ends_with_the_call() -> None:
    assert screening().hang_up() == [Stop(1)]


def test_nobody_is_screened_before_the_answer() -> None:
    flow = Flow("first", start="first")

    @flow.state(human=END, machine=END, silence=END)
    async def first(call: Call) -> str:
        return (await screen(call)).outcome

    phone = Driver(flow=flow)
    phone.offered()
    assert "before the call is answered" in phone.noted("failed")[0]


def test_after_a_human_the_state_goes_on() -> None:
    assert VERBS["screen"].goes_on == "human"

"""The time that steps go by."""

from ivr.engine.step_clock import LONGEST_HALT, StepClock


def test_it_stands_still_between_halt_and_go_on() -> None:
    clock = StepClock()
    assert (clock.at(10.0), clock.due(12.0)) == (10.0, 12.0)
    clock.halt(10.0)
    clock.halt(11.0)
    assert clock.at(13.0) == 10.0
    assert clock.due(12.0) == 10.0 + LONGEST_HALT
    assert clock.go_on(14.0) == 4.0
    assert (clock.at(15.0), clock.due(12.0)) == (11.0, 16.0)


def test_what_goes_on_anyway_loses_nothing() -> None:
    clock = StepClock()
    assert clock.go_on(5.0) == 0.0
    assert clock.at(5.0) == 5.0

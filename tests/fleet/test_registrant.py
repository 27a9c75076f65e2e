"""Who keeps the registrations, decided without a process."""

from __future__ import annotations

from ivr.fleet.registrant import Registrant


def test_one_of_those_that_serve_registers() -> None:
    registrant = Registrant()
    assert registrant.choose([]) == ("", "")
    assert registrant.choose(["w0-a", "w1-b"]) == ("", "w0-a")


def test_he_goes_on_while_he_serves() -> None:
    registrant = Registrant()
    registrant.choose(["w0-a"])
    assert registrant.choose(["w1-b", "w0-a"]) == ("", "")


def test_a_successor_takes_over_and_the_old_one_leaves_all_as_it_is() -> None:
    registrant = Registrant()
    registrant.choose(["w0-a", "w1-b"])
    assert registrant.choose(["w2-c", "w3-d"]) == ("w0-a", "w2-c")


def test_when_nobody_serves_the_next_one_who_does_registers() -> None:
    registrant = Registrant()
    registrant.choose(["w0-a"])
    assert registrant.choose([]) == ("w0-a", "")
    assert registrant.choose([]) == ("", "")
    assert registrant.choose(["w0-e"]) == ("", "w0-e")

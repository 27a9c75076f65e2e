"""SEMANTICS 5: keys that end an entry."""

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import ask, collect
from ivr.engine.verbs.ask import wrong_terminator

from .driver import Driver


def collecting(terminators: str = "#", allow_empty: bool = False) -> Driver:
    async def entry(call: Call) -> Result:
        return await collect(
            call,
            into="entry",
            max=6,
            terminators=terminators,
            allow_empty=allow_empty,
            attempts=1,
        )

    phone = Driver(entry)
    phone.start()
    return phone


def test_the_terminator_ends_the_entry_and_is_not_part_of_it_but_returned_apart() -> None:
    phone = collecting()
    phone.press("123#")
    assert phone.result == Result("done", "123", "#")
    assert phone.call.vars["entry"] == "123"


def test_there_can_be_several() -> None:
    phone = collecting("*#")
    phone.press("123*")
    assert phone.result == Result("done", "123", "*")


def test_there_can_be_none() -> None:
    phone = collecting("")
    phone.press("12#")
    assert phone.result.outcome == "no_match"


def test_a_terminator_alone_is_empty_where_the_author_allows_it() -> None:
    phone = collecting(allow_empty=True)
    phone.press("#")
    assert phone.result == Result("empty", terminator="#")
    assert "entry" not in phone.call.vars


def test_a_terminator_alone_is_no_match_otherwise() -> None:
    phone = collecting()
    phone.press("#")
    assert phone.result == Result("no_match", terminator="#")


def test_a_terminator_before_the_minimum_is_no_match() -> None:
    phone = Driver(lambda call: collect(call, into="entry", length=4, attempts=1))
    phone.start()
    phone.press("12#")
    assert phone.result == Result("no_match", "12", "#")


def test_the_star_can_be_part_of_the_entry_instead() -> None:
    phone = Driver(lambda call: collect(call, into="amount", type="number"))
    phone.start()
    phone.press("1*5#")
    assert str(phone.call.vars["amount"]) == "1.5"


def test_a_terminator_alone_chooses_nothing() -> None:
    phone = Driver(lambda call: ask(call, silent=True, choices=Choices({"one": ["1"]}), attempts=1))
    phone.start()
    phone.press("#")
    assert phone.result == Result("no_match", "", "#")


def test_a_terminator_behind_a_single_key_does_not_reach_the_next_step() -> None:
    phone = Driver(
        lambda call: ask(call, silent=True, choices=Choices({"one": ["1"]})),
        lambda call: collect(call, into="x", length=3),
    )
    phone.start()
    phone.press("1#234")
    assert phone.result == Result("done", "234")


def test_the_hash_is_no_terminator_where_it_is_a_choice() -> None:
    choices = Choices({"back": ["#"], "long": ["12"]})
    phone = Driver(lambda call: ask(call, silent=True, choices=choices))
    phone.start()
    phone.press("#")
    assert phone.result == Result("back", "#")


def test_a_menu_can_have_another_terminator() -> None:
    choices = Choices({"one": ["1"], "long": ["12"]})
    phone = Driver(lambda call: ask(call, silent=True, choices=choices, terminators="*"))
    phone.start()
    phone.press("1*")
    assert phone.result == Result("one", "1", "*")


def test_a_key_cannot_be_terminator_and_option_at_once() -> None:
    choices = Choices({"one": ["1"], "back": ["#"]})
    check = VERBS["ask"].check
    assert (
        check({"choices": choices, "terminators": "#"})
        == "the terminator '#' is also part of a choice; leave one of the two out"
    )
    assert check({"choices": choices, "terminators": "*"}) == ""
    assert check({"choices": choices}) == ""


def test_nor_can_it_be_terminator_and_universal_choice() -> None:
    choices, universal = Choices({"one": ["1"]}), Choices({"operator": ["*"]})
    arguments = {"choices": choices, "terminators": "*"}
    words = "the terminator '*' is also part of a universal choice; leave one of the two out"
    assert wrong_terminator(arguments, universal) == words
    assert wrong_terminator({**arguments, "universal": False}, universal) == ""
    phone = Driver(lambda call: ask(call, silent=True, choices=choices, terminators="*"))
    phone.call.universal = universal
    phone.start()
    assert "the terminator '*' is also part of a choice" in phone.noted("failed")[0]


def test_a_key_cannot_be_terminator_and_part_of_an_entry_at_once() -> None:
    check = VERBS["collect"].check
    expected = "can be part of the entry; expected # or * or none"
    assert check({"terminators": "5"}) == f"the terminator '5' {expected}"
    assert check({"terminators": "*", "type": "number"}) == f"the terminator '*' {expected}"
    assert check({"terminators": "*"}) == ""
    assert check({}) == ""

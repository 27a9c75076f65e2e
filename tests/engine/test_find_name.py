"""Names, by the keys that spell them."""

import sys
from typing import Any

import pytest

from ivr.engine.directory import Directory
from ivr.engine.effects import Given
from ivr.engine.verb import VERBS
from ivr.engine.verbs import find_name

from .driver import Driver

PEOPLE = {
    "Ann Smith": "601",
    "Bob Jones": "602",
    "anna smythe": "603",
    "Jürgen Müller-Groß": "604",
    "Seán O'Neill": "605",
    "Łukasz 2": "606",
}


def found(keys: str, **given: Any) -> list[str]:
    """The names that *keys* spell."""
    names: list[str] = []
    while True:
        phone = Driver(lambda call: find_name(call, keys, PEOPLE, skip=str(len(names)), **given))
        phone.start()
        assert phone.call.vars["matches"] >= len(names)  # type: ignore[operator]
        if phone.result.outcome == "none":
            return names
        names.append(str(phone.call.vars["name"]))
        assert phone.result.value == phone.call.vars["number"] == PEOPLE[names[-1]]


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("266", ["Ann Smith", "anna smythe"]),  # from the first word on
        ("26676484", ["Ann Smith"]),
        ("7648", ["Ann Smith"]),  # from the last
        ("764842", ["Ann Smith"]),  # the last, and the first behind it
        ("587436", ["Jürgen Müller-Groß"]),
        ("683553747677", ["Jürgen Müller-Groß"]),  # an umlaut that is spelled
        ("68553747677", ["Jürgen Müller-Groß"]),
        ("47677", ["Jürgen Müller-Groß"]),
        ("66345", ["Seán O'Neill"]),  # an apostrophe is none of the letters
        ("7326", ["Seán O'Neill"]),
        ("5852792", ["Łukasz 2"]),
        ("9", []),
        ("0", []),
        ("", []),
    ],
)
def test_names_are_found_by_how_they_begin(keys: str, names: list[str]) -> None:
    assert found(keys) == names


def test_what_was_spelled_may_be_a_variable() -> None:
    phone = Driver(lambda call: find_name(call, "{{ caller[1:] }}", {"Lice": "1"}))
    phone.start()
    assert phone.result.outcome == "none"
    assert "find_name: lice: 0" in phone.journal


@pytest.mark.parametrize("skip", ["0 - 1", "'x'"])
def test_only_so_many_can_be_passed_over(skip: str) -> None:
    phone = Driver(lambda call: find_name(call, "2", PEOPLE, skip=skip))
    phone.start()
    assert "expected 0 or more" in phone.noted("failed")[0]


def test_a_directory_has_an_end() -> None:
    many = {f"A{number}": "1" for number in range(10_001)}
    assert VERBS["find_name"].check({"among": many}).startswith("10001 names; at most 10000")
    assert "make them a Directory once" in VERBS["find_name"].check(
        {"among": dict(list(many.items())[1:])}
    )
    assert not VERBS["find_name"].check({"among": Given("people")})
    phone = Driver(lambda call: find_name(call, "2", many))
    phone.start()
    assert "10001 names" in phone.noted("failed")[0]


def test_a_directory_of_full_size_is_not_spelled_while_a_caller_waits() -> None:
    letters = "abcdefghij"
    people = Directory(
        {f"Jo {''.join(letters[int(d)] for d in f'{n:04}')}": str(n) for n in range(10_000)}
    )
    assert not VERBS["find_name"].check({"among": people})
    phone = Driver(lambda call: find_name(call, "5622", people, skip="3"))
    calls = 0

    def count(frame: object, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        phone.start()
    finally:
        sys.setprofile(None)
    assert calls < 5_000, "less than one for each name"
    assert phone.call.vars == {"name": "Jo aaad", "number": "3", "matches": 900}


def test_a_directory_is_pairs() -> None:
    assert Directory(PEOPLE) == PEOPLE
    assert list(Directory(PEOPLE)) == list(PEOPLE)

"""What every verb declares, and the small ones."""

import inspect
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.flow import Flow
from ivr.engine.verb import VERBS, Doc, Result, verb
from ivr.engine.verbs import __all__ as names
from ivr.engine.verbs import branch, collect, pause, set_variables

from .driver import Driver

CHOICES = Choices({"sales": ["1"], "support": ["2"]})
WORKED = ("ok", "failed", "timeout")
OUTCOMES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "answer": ({}, ("done",)),
    "ask": ({"choices": CHOICES}, ("sales", "support", "no_input", "no_match")),
    "branch": ({"cases": {"rich": "x"}}, ("rich", "otherwise")),
    "call_flow": ({"flow": Flow("f", start="a", outcomes=["yes"])}, ("yes",)),
    "collect": ({}, ("done", "no_input", "no_match")),
    "deliver": ({}, WORKED),
    "mailbox": ({}, ("found", "none", "failed", "timeout")),
    "mark_message": ({}, WORKED),
    "early": ({}, ("done",)),
    "hang_up": ({}, ()),
    "http": ({}, WORKED),
    "log": ({}, ("done",)),
    "find_name": ({}, ("found", "none")),
    "notify": ({}, WORKED),
    "confirm": ({}, ("yes", "no", "no_input")),
    "authenticate": ({}, ("ok", "failed", "locked")),
    "play": ({}, ("done",)),
    "pause": ({}, ("done",)),
    "python": ({}, WORKED),
    "recall": ({}, WORKED),
    "remember": ({}, WORKED),
    "record": ({}, ("recorded", "too_short", "failed")),
    "record_call": ({}, ("done",)),
    "redirect": ({}, ()),
    "reject": ({}, ()),
    "ring": ({}, ("done",)),
    "say": ({}, ("done",)),
    "schedule": ({}, ("open", "closed")),
    "send_digits": ({}, ("done",)),
    "screen": ({}, ("human", "machine", "silence")),
    "set": ({}, ("done",)),
    "sql": ({}, WORKED),
    "stop_recording": ({}, ("done",)),
    "transfer": ({}, ("answered", "busy", "no_answer", "rejected", "unreachable", "failed")),
}


def test_these_are_the_verbs() -> None:
    assert sorted(VERBS) == sorted(OUTCOMES)
    assert sorted(names) == sorted(found.run.__name__ for found in VERBS.values())


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_verb_declares_the_outcomes_of_the_contract(name: str) -> None:
    arguments, outcomes = OUTCOMES[name]
    assert VERBS[name].outcomes(arguments) == outcomes


@pytest.mark.parametrize(
    ("name", "onward"),
    [("answer", "done"), ("collect", "done"), ("record", "recorded"), ("ask", ""), ("reject", "")],
)
def test_a_verb_says_after_which_outcome_the_next_one_runs(name: str, onward: str) -> None:
    assert VERBS[name].goes_on == onward


def test_empty_is_an_outcome_of_collect_only_where_it_is_allowed() -> None:
    outcomes = VERBS["collect"].outcomes({"allow_empty": True})
    assert outcomes == ("done", "empty", "no_input", "no_match")


@pytest.mark.parametrize("found", VERBS.values(), ids=VERBS)
def test_every_verb_and_every_parameter_is_documented(found: Any) -> None:
    assert inspect.getdoc(found.run)
    hints = get_type_hints(found.run, include_extras=True)
    for name in list(inspect.signature(found.run).parameters)[1:]:
        assert get_origin(hints[name]) is Annotated, name
        assert any(isinstance(extra, Doc) for extra in get_args(hints[name])), name


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"type": "date", "max": 3}, "max goes with type: digits, not with date"),
        ({"length": 4, "max": 3}, "length is exact; leave max out"),
        ({"min": 4, "max": 3}, "min is more than max"),
        ({"min": 3, "max": 3}, ""),
        ({"length": 4}, ""),
        ({"type": "date"}, ""),
    ],
)
def test_sizes_that_contradict_each_other_are_refused(
    arguments: dict[str, Any], fault: str
) -> None:
    assert VERBS["collect"].check(arguments) == fault


def test_a_verb_has_nothing_to_check_by_default() -> None:
    assert VERBS["say"].check({}) == ""


def test_a_verb_of_ones_own_is_declared_like_a_built_in_one() -> None:
    @verb("hum", ("hummed", "out_of_breath"))
    async def hum(call: Call) -> Result:
        """Hum a tune."""
        return Result("hummed")

    found = VERBS.pop("hum")
    assert found.outcomes({}) == ("hummed", "out_of_breath")
    assert found.goes_on == ""
    phone = Driver(hum)
    phone.start()
    assert phone.result.outcome == "hummed"


def test_set_evaluates_in_order() -> None:
    phone = Driver(lambda call: set_variables(call, x="1 + 1", y="x * 1.5", call="'a' ~ x"))
    phone.start()
    assert phone.call.vars == {"x": 2, "y": Decimal("3.0"), "call": "a2"}


@pytest.mark.parametrize(("balance", "outcome"), [(-1, "call"), (5, "rich"), (1, "otherwise")])
def test_branch_takes_the_first_condition_that_is_true(balance: int, outcome: str) -> None:
    phone = Driver(
        lambda call: set_variables(call, balance=str(balance)),
        lambda call: branch(call, call="balance < 0", rich="balance > 2", never="balance > 3"),
    )
    phone.start()
    assert phone.result == Result(outcome)


def test_pause_waits_in_silence_whatever_happens() -> None:
    phone = Driver(lambda call: pause(call, 2))
    phone.start()
    phone.press("12")
    phone.wait(1.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.results and len(phone.effects) == 2


def test_a_typed_entry_gives_a_typed_variable() -> None:
    phone = Driver(lambda call: collect(call, into="paid", type="currency"))
    phone.start()
    phone.press("12*5#")
    assert phone.call.vars["paid"] == Decimal("12.50")
    assert phone.result == Result("done", "12*5", "#")


def test_digits_stay_a_text() -> None:
    phone = Driver(lambda call: collect(call, into="code", length=4))
    phone.start()
    phone.press("0042")
    assert phone.call.vars["code"] == "0042"


def test_a_failed_entry_leaves_the_variable_unset() -> None:
    phone = Driver(lambda call: collect(call, into="code", attempts=1))
    phone.start()
    phone.wait(5)
    assert phone.call.vars == {}


def test_a_choice_cannot_be_called_as_an_outcome_of_ask() -> None:
    with pytest.raises(ValueError, match="'no_input': that is an outcome of ask"):
        Choices({"no_input": ["1"]})


@pytest.mark.parametrize(("way", "kind"), [("1", "key"), ("Sales", "word")])
def test_a_key_or_a_word_means_one_choice(way: str, kind: str) -> None:
    with pytest.raises(ValueError, match=f"{kind} '{way}' means both 'a' and 'b'"):
        Choices({"a": [way.lower()], "b": [way]})


def test_the_same_word_twice_for_one_choice_is_harmless() -> None:
    choices = Choices({"a": ["1", "yes", "Yes"]})
    assert choices.words == ("yes",)
    assert choices.said("oh YES please") == "a"
    assert choices.said("yesterday") is None


@pytest.mark.parametrize("name", ["two words", "1st", ""])
def test_set_takes_names_only(name: str) -> None:
    assert "is no name of a variable" in VERBS["set"].check({"values": {name: "1"}})


@pytest.mark.parametrize("name", ["caller", "now", "secrets"])
def test_set_leaves_alone_what_every_call_has(name: str) -> None:
    assert "is set by every call" in VERBS["set"].check({"values": {name: "1"}})


def test_set_takes_any_name_that_is_one() -> None:
    assert VERBS["set"].check({"values": {"tries": "1", "größe": "2"}}) == ""

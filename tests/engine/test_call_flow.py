"""A flow that another one calls: its own variables, its own map, one outcome."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.called import DEEPEST
from ivr.engine.choices import Choices
from ivr.engine.effects import HangUp, Play, Stop, Text
from ivr.engine.errors import LoadError, StateTooSlow
from ivr.engine.events import HungUp, Moved
from ivr.engine.flow import END, Flow, State
from ivr.engine.values import Secret
from ivr.engine.variables import Variable
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import ask, call_flow, collect, hang_up, pause, say, set_variables

from .driver import Driver

ANSWERS = Choices({"yes": ["1"], "no": ["2"]})
yes_no = Flow(
    "yes_no", start="ask", arguments={"question": "text"}, outcomes=("yes", "no", "gave_up")
)


@yes_no.state(yes="yes", no="no", no_input="gave_up", no_match="gave_up")
async def question(call: Call) -> str:
    return (await ask(call, Text("{{ question }}"), choices=ANSWERS)).outcome


yes_no.start = "question"


def one_state(step: Callable[[Call], Awaitable[str]], **declared: Any) -> Flow:
    """A flow that can be called, whose only state `only` does *step*."""
    flow = Flow("called", start="only", outcomes=["done"], **declared)
    flow.add(State("only", step, {"done": "done", "again": "only", END: END}))
    return flow.check()


def caller(flow: Flow, into: Mapping[str, str] | None = None, **given: Any) -> Driver:
    """A call whose flow answers and then calls *flow*."""
    phone = Driver(lambda call: call_flow(call, flow, into or {}, **given))
    phone.start()
    return phone


def test_its_outcome_is_that_of_the_verb() -> None:
    phone = caller(yes_no, question="Is it {{ caller }}?")
    assert phone.playing == Play(1, (Text("Is it alice?"),))
    phone.press("2")
    assert phone.result == Result("no")


def test_its_states_are_in_the_journal_under_its_name() -> None:
    phone = caller(yes_no, question="Well?")
    assert phone.session.place == "yes_no.question"
    phone.press("1")
    assert phone.noted("state") == ["only", "yes_no.question"]
    assert phone.noted("back") == ["only"]
    assert phone.session.place == END


def test_it_has_variables_of_its_own_and_gives_back_what_it_returns() -> None:
    async def only(call: Call) -> str:
        assert call.vars == {"first": 2, "second": 5}
        assert "x" not in call.names() and call.names()["caller"] == "alice"
        await set_variables(call, sum="first + second", secret="'x'")
        return "done"

    flow = one_state(
        only, arguments={"first": "number", "second": 5}, returns={"sum": "sum", "less": "nothing"}
    )

    async def walk(call: Call) -> Result:
        call.vars["x"] = 1
        return await call_flow(call, flow, {"total": "sum", "none": "less"}, first="x + 1")

    phone = Driver(walk)
    phone.start()
    assert phone.call.vars == {"x": 1, "total": 7}


def test_what_is_given_is_read_as_what_was_declared() -> None:
    seen: dict[str, object] = {}

    async def only(call: Call) -> str:
        seen.update(call.vars)
        return "done"

    types = {"t": "text", "n": "number", "c": "currency", "b": "yes/no", "d": "date", "u": "time"}
    flow = one_state(only, arguments=types)
    caller(flow, t="12", n="12", c="1.50", b="no", d="2025-03-03", u="not x")
    assert seen == {}, "'u' is no time"
    phone = caller(flow, t="12", n="12", c="1.50", b="no", d="2025-03-03", u="09:30")
    assert phone.result.outcome == "done"
    assert (seen["t"], seen["n"], seen["c"]) == ("12", 12, Decimal("1.50"))
    assert (seen["b"], seen["d"]) == (False, date(2025, 3, 3))


def test_its_end_is_that_of_the_call() -> None:
    async def only(call: Call) -> str:
        return END

    phone = caller(one_state(only))
    assert phone.effects[-1] == HangUp()
    assert phone.session.ended_by == "flow"


def test_it_may_hang_up() -> None:
    async def only(call: Call) -> str:
        return (await hang_up(call)).outcome

    assert caller(one_state(only)).effects[-1] == HangUp()


def test_a_hang_up_and_a_move_pass_through_it() -> None:
    async def only(call: Call) -> str:
        return (await say(call, "long")).outcome

    for event in (HungUp(), Moved("only")):
        phone = caller(one_state(only))
        assert Stop(1) in phone.take(event)
        assert phone.call.flows[:1] == ("one",)
    assert phone.noted("state") == ["only", "called.only", "only", "called.only"]


def test_a_flow_with_outcomes_can_take_a_call_itself() -> None:
    phone = Driver(flow=yes_no)
    phone.call.vars["question"] = "Well?"
    phone.session.flow = yes_no
    phone.start()
    assert phone.session.ended_by == "error", "nobody answered"

    async def only(call: Call) -> str:
        return "done"

    phone = Driver(flow=one_state(only))
    phone.start()
    assert phone.session.place == "done"
    assert phone.session.ended_by == "flow"


def test_questions_are_counted_for_each_flow() -> None:
    async def only(call: Call) -> str:
        result = await collect(call, into="x", length=1, attempts=2)
        return "again" if result.outcome == "no_input" and "y" not in call.vars else "done"

    async def walk(call: Call) -> Result:
        await collect(call, into="first", length=1, first_digit=1, attempts=1)
        await call_flow(call, one_state(only), {})
        return await collect(call, into="last", length=1, attempts=1)

    phone = Driver(walk)
    phone.start()
    phone.press("123")
    assert phone.call.vars == {"first": "1", "last": "3"}


def test_flows_call_one_another_only_so_deep() -> None:
    async def only(call: Call) -> str:
        return (await call_flow(call, flow)).outcome

    flow = one_state(only)
    phone = caller(flow)
    [failed] = phone.noted("failed")
    assert f"flows called more than {DEEPEST} deep: one → called → called" in failed


def test_a_loop_in_it_is_one_of_the_call() -> None:
    async def only(call: Call) -> str:
        return "again"

    assert "a loop in the flow" in caller(one_state(only)).noted("failed")[0]


def test_what_goes_wrong_in_it_is_told_with_its_state_and_without_its_secrets() -> None:
    async def only(call: Call) -> str:
        call.vars["pin"] = Secret("4711")
        raise ValueError("not 4711")

    phone = caller(one_state(only))
    [failed] = phone.noted("failed")
    assert failed.endswith("called.only: ValueError: not ***")

    async def slow(call: Call) -> str:
        raise StateTooSlow

    assert "computed for too long" in caller(one_state(slow)).noted("failed")[0]


def test_a_map_that_is_wrong_is_told() -> None:
    async def only(call: Call) -> str:
        return "done"

    flow = Flow("called", start="only", outcomes=["done"])
    flow.add(State("only", only, {"done": "nowhere"}))
    assert "no such state: 'nowhere'" in caller(flow).noted("failed")[0]


def test_a_wait_in_it_renews_the_budget() -> None:
    async def only(call: Call) -> str:
        await pause(call, 1)
        return "again"

    phone = caller(one_state(only))
    phone.wait(100)
    assert phone.noted("failed") == []


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, "called needs the argument x"),
        ({"x": 1, "y": 2}, "called: no variable 'y' is declared; declared: x"),
        ({"x": "'a'"}, "the variable x is declared as number; this is a text; expected a number"),
    ],
)
def test_arguments_are_checked_when_it_is_called(given: dict[str, Any], wrong: str) -> None:
    async def only(call: Call) -> str:
        raise AssertionError("never entered")

    [failed] = caller(one_state(only, arguments={"x": "number"}), **given).noted("failed")
    assert failed.endswith(wrong)


def test_what_every_call_has_can_be_returned_and_variables_of_the_calling_flow_cannot() -> None:
    async def only(call: Call) -> str:
        call.vars["language"] = "de"
        return "done"

    returns = {"day": "now.year", "lang": "language", "who": "caller", "own": "mine"}
    flow = one_state(only, returns=returns)

    async def calling(call: Call) -> Result:
        call.vars |= {"language": "fr", "mine": 1}
        return await call_flow(call, flow, {name: name for name in returns})

    phone = Driver(calling)
    phone.start()
    phone.session.call.vars.pop("mine")
    assert phone.call.vars == {"language": "fr", "day": 1970, "lang": "de", "who": "alice"}


def test_what_is_not_returned_cannot_be_received() -> None:
    async def only(call: Call) -> str:
        return "done"

    [failed] = caller(one_state(only), {"x": "y"}).noted("failed")
    assert failed.endswith("called does not return 'y'; it returns nothing")


FLOW = Flow(
    "f",
    start="a",
    arguments={
        "t": Variable("text", "", "what is asked"),
        "n": 1,
        "s": Variable("secret", Secret("")),
    },
    returns={"sum": "n"},
)


@pytest.mark.parametrize(
    ("given", "into", "wrong"),
    [
        ({}, {}, ""),
        ({"t": "{{ x }}", "n": "x + 1"}, {"y": "sum"}, ""),
        ({"n": 2}, {}, ""),
        ({"n": "3"}, {}, ""),
        ({"t": "{{ x"}, {}, "t: '{{ x': unexpected end of template"),
        ({"n": "'a'"}, {}, "n: is a text; expected a number"),
        ({"n": True}, {}, "n: is yes or no; expected a number"),
        ({"n": [1]}, {}, "n: is a list; expected a number"),
        ({"m": 1}, {}, "f: no variable 'm' is declared; declared: t, n, s"),
        ({"tt": 1}, {}, "f: no variable 'tt' is declared; did you mean 't'?"),
        ({}, {"a b": "sum"}, "into: 'a b' is no name of a variable"),
        ({}, {"x": "some"}, "into: f does not return 'some'; it returns sum"),
    ],
)
def test_what_is_wrong_with_a_call_is_told_beforehand(
    given: dict[str, Any], into: dict[str, str], wrong: str
) -> None:
    found = VERBS["call_flow"].check({"flow": FLOW, "into": into, "arguments": given})
    assert found.startswith(wrong)
    assert bool(found) == bool(wrong)


def test_an_argument_that_must_be_given() -> None:
    described = Flow("f", start="a", arguments={"t": Variable("text", None, "what is asked")})
    check = VERBS["call_flow"].check
    assert check({"flow": described, "arguments": {}}) == "f needs t: what is asked"
    assert check({"flow": yes_no, "arguments": {}}).startswith("yes_no needs question: an argument")


def test_a_state_cannot_be_called_like_an_outcome() -> None:
    flow = Flow("f", start="a", outcomes=["yes"])
    with pytest.raises(LoadError, match="state 'yes' is reserved"):
        flow.add(State("yes", question, {}))


def test_an_outcome_to_which_nothing_leads_is_a_fault() -> None:
    flow = Flow("f", start="a", outcomes=["yes", "no"])
    flow.add(State("a", question, {"done": "yes"}))
    [fault] = flow.faults()
    assert fault.message == "outcomes: no state leads to 'no'"


def test_a_family_is_every_flow_that_may_be_called() -> None:
    flow = Flow("f", start="a")
    flow.add(State("a", question, {"done": END}, flows=frozenset({yes_no, flow})))
    assert flow.family() == [flow, yes_no]
    assert flow.path_names == {"a", "yes_no.question"}

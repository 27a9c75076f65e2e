"""What a flow is given besides values: prompts, and pairs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import File, Given, Play, Prompt, Recorded, Silence, Text, Url
from ivr.engine.errors import FlowError
from ivr.engine.flow import Flow, Place, State
from ivr.engine.handed import pairs_of
from ivr.engine.variables import Variable, kind_of, variable_of
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import call_flow, say, set_variables

from .driver import Driver

GREETING = Given("greeting")


def greeter(**arguments: object) -> Flow:
    """Says what it is given as `greeting`."""

    async def only(call: Call) -> str:
        await set_variables(call, name="'Bob'")
        await say(call, GREETING)
        return "done"

    flow = Flow("greeter", start="only", outcomes=["done"], arguments=arguments)
    flow.add(State("only", only, {"done": "done"}, prompts=frozenset([GREETING])))
    return flow.check()


def said(flow: Flow, place: str = "", **given: Any) -> tuple[Prompt, ...]:
    """What is played first when *flow* is called by one that lies at *place*."""

    async def walk(call: Call) -> str:
        call.folder = place
        await set_variables(call, name="'Ann'", shop="'Here'")
        return (await call_flow(call, flow, **given)).outcome

    caller = Flow("f", start="only", outcomes=[])
    caller.add(State("only", answered(walk), {"done": "end"}))
    phone = Driver(flow=caller)
    phone.start()
    plays = [effect for effect in phone.effects if isinstance(effect, Play)]
    assert plays, phone.notes
    return plays[0].prompts


def answered(walk: Callable[[Call], Awaitable[str]]) -> Callable[[Call], Awaitable[str]]:
    async def step(call: Call) -> str:
        await VERBS["answer"].run(call, settle=0)
        return await walk(call)

    return step


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("welcome", ("welcome",)),
        (Text("Hi {{ name }}, at {{ shop }}"), (Text("Hi Bob, at Here"),)),
        (("welcome", Url("http://a/{{ shop }}")), ("welcome", Url("http://a/Here"))),
        (Recorded("{{ shop }}.wav"), (Recorded("Here.wav"),)),
        (File("x.wav"), (File("/flows/x.wav"),)),
        ((), (Silence(0.1),)),
    ],
)
def test_prompts_are_said_where_they_belong(given: Any, expected: tuple[Prompt, ...]) -> None:
    """With the variables of the flow that says them before those of the one that gave them."""
    assert said(greeter(greeting="prompts"), "/flows", greeting=given) == expected


def test_without_others_the_default_is_said() -> None:
    flow = greeter(greeting=Variable("prompts", Text("Hello {{ name }}")))
    assert said(flow) == (Text("Hello Bob"),)
    assert said(flow, greeting="welcome") == ("welcome",)


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    async def only(call: Call) -> str:
        await set_variables(call, shop="'{{ name }}'")
        return (
            await call_flow(call, greeter(greeting="prompts"), greeting=Text("{{ shop }}"))
        ).outcome

    phone = Driver(lambda call: only(call))  # type: ignore[arg-type, return-value]
    phone.start()
    assert phone.playing and phone.playing.prompts == (Text("{{ name }}"),)


def test_a_flow_hands_on_what_it_was_given() -> None:
    inner = greeter(greeting="prompts")

    async def only(call: Call) -> str:
        await set_variables(call, name="'Cay'", shop="'There'")
        return (await call_flow(call, inner, greeting=Given("greeting"))).outcome

    for words in (Given("greeting"), (Given("greeting"), "welcome")):

        async def both(call: Call, words: Any = words) -> str:
            return (await call_flow(call, inner, greeting=words)).outcome

        step = only if isinstance(words, Given) else both
        middle = Flow("m", start="only", outcomes=["done"], arguments={"greeting": "prompts"})
        middle.add(State("only", step, {"done": "done"}))
        found = said(middle, greeting=Text("{{ name }} {{ shop }}"))
        assert found[0] == Text("Bob Here")


def test_what_was_given_is_no_variable() -> None:
    async def only(call: Call) -> str:
        assert "greeting" not in call.names()
        assert pairs_of(Given("people"), call.given) == {"Ann": "601"}
        assert pairs_of({"Bob": "602"}, call.given) == {"Bob": "602"}
        for wrong in (Given("greeting"), Given("nobody")):
            with pytest.raises(FlowError):
                pairs_of(wrong, call.given)
        with pytest.raises(FlowError, match="has pairs; expected prompts"):
            call.rendered((Given("people"),))
        return "done"

    flow = Flow(
        "g",
        start="only",
        outcomes=["done"],
        arguments={"greeting": "prompts", "people": Variable("pairs", {"Ann": "601"})},
    )
    flow.add(State("only", only, {"done": "done"}))
    phone = Driver(lambda call: call_flow(call, flow, greeting="x"))
    phone.start()
    assert phone.result == Result("done")
    assert phone.call.given == {}


@pytest.mark.parametrize(
    ("arguments", "given", "wrong"),
    [
        ({"greeting": "prompts"}, {}, "g needs greeting: an argument without a default"),
        ({"greeting": "prompts"}, {"greeting": 3}, "greeting: is a number; expected prompts"),
        ({"people": "pairs"}, {"people": "x"}, "people: is a text; expected pairs"),
        ({"people": "pairs"}, {"people": {"Ann": "601"}}, ""),
        ({"people": "pairs"}, {"people": Given("people")}, ""),
        ({"greeting": "prompts"}, {"greeting": "{{"}, ""),
    ],
)
def test_what_is_wrong_is_told_beforehand(
    arguments: Mapping[str, object], given: dict[str, Any], wrong: str
) -> None:
    flow = Flow("g", start="a", outcomes=["done"], arguments=arguments)
    assert VERBS["call_flow"].check({"flow": flow, "arguments": given}) == wrong


def test_only_arguments_can_be_prompts_and_only_they_can_be_said() -> None:
    flow = Flow("g", start="a", variables={"n": 0, "x": "pairs"}, place=Place("g.yaml", 1, 1))
    state = State("a", greeter, {}, Place("g.yaml", 2, 1), prompts=frozenset([GREETING]))  # type: ignore[arg-type]
    flow.add(state)
    assert [str(fault).partition(" [")[0] for fault in flow.faults()] == [
        "g.yaml:1:1: variables: x: only an argument can be pairs",
        "g.yaml:2:1: a: no argument 'greeting' of prompts; there are: none",
    ]


def test_types_are_told_by_values() -> None:
    assert variable_of({"Ann": "601"}).type == "pairs"
    assert variable_of(Text("x")).type == variable_of(("a", "b")).type == "prompts"
    assert kind_of(Text("x")) == "prompts"
    assert kind_of({}) == "pairs"

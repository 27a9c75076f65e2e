"""SEMANTICS 13: what a caller types at a sensitive step is seen nowhere, whatever the flow does."""

import copy
import io
import json
import logging
import pickle
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine.call import Call
from ivr.engine.effects import Text
from ivr.engine.events import WorkDone
from ivr.engine.flow import END, Flow
from ivr.engine.saying import SAID
from ivr.engine.values import Secret
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, branch, collect, pause, say, send_digits, set_variables
from ivr.engine.verbs import transfer as transfer_to
from ivr.engine.work import work
from ivr.testing import SimulatedCall, StoryError

PIN = "739184"  # in no time, id or number of a simulated call
Try = Callable[[Call], Awaitable[object]]


def text(source: str) -> Try:
    return lambda call: say(call, Text(source))


def put(expression: str) -> Try:
    return lambda call: set_variables(call, other=expression)


def choose(condition: str) -> Try:
    return lambda call: branch(call, yes=condition)


async def raises(call: Call) -> None:
    raise ValueError(f"no account {_revealed(call)}")


async def looks_up(call: Call) -> None:
    {"000000": "nobody"}[_revealed(call)]


async def converts(call: Call) -> None:
    float(f"{_revealed(call)}x")


async def chains(call: Call) -> None:
    try:
        await looks_up(call)
    except KeyError as error:
        raise RuntimeError(f"cannot serve {error}") from error


async def overwrites_and_raises(call: Call) -> None:
    pin = _revealed(call)
    call.vars["pin"] = "gone"
    raise ValueError(pin)


async def notes(call: Call) -> None:
    call.note("pin", f"{call.vars['pin']} {call.vars!r} {call!r}")
    logging.getLogger("flow").warning("pin %s of %r", call.vars["pin"], call)


async def works(call: Call) -> None:
    await work(call, "http", {"pin": call.vars["pin"], "all": [call.vars]}, 5, secret=True)


async def pickles(call: Call) -> None:
    for store in (pickle.dumps, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            store(call.vars["pin"])
    pickle.dumps(call.vars)


async def says_it(call: Call) -> None:
    await say(call, Text(f"Your PIN is {call.vars['pin']}."))


def _revealed(call: Call) -> str:
    pin = call.vars["pin"]
    assert isinstance(pin, Secret)
    return pin.reveal()


USES = ("pin", "pin[0]", "pin[:3]", "pin ~ ''", "pin + 1", "-pin", "[pin]", "(pin, pin)")
FILTERED = [f"pin | {name}" for name in (*SAID, "digits", "upper", "first", "int", "round", "abs")]
FILTERED += ["pin | currency('EUR')", "1 | plural(pin)", "[pin] | list", "pin | default('x')"]
FILTERED += ["nobody | default(pin)", "[pin] | first", "pin if pin else pin"]
expressions = st.sampled_from([*USES, *FILTERED])
tries = st.one_of(
    expressions.map(lambda e: text("Your PIN is {{ " + e + " }}")),
    expressions.map(put),
    expressions.map(lambda e: choose(f"({e}) == '{PIN[::-1]}'")),
    expressions.map(lambda e: choose(f"{e} < 5")),
    expressions.map(lambda e: lambda call: send_digits(call, "{{ " + e + " }}")),
    expressions.map(
        lambda e: lambda call: transfer_to(call, "sip:{{ " + e + " }}@pbx", allow=("X.",))
    ),
    st.sampled_from(
        [raises, looks_up, converts, chains, overwrites_and_raises, notes, works, pickles, says_it]
    ),
)


def flow_of(attempts: list[Try], sensitive_again: bool) -> Flow:
    flow = Flow("careless", start="ask")

    async def pin(call: Call) -> Result:
        return await collect(call, "pin", into="pin", length=6, sensitive=True, attempts=2)

    @flow.state(done="use", no_input=END, no_match=END)
    async def ask(call: Call) -> str:
        await answer(call)
        return (await pin(call)).outcome

    @flow.state(done=END)
    async def use(call: Call) -> str:
        for attempt in attempts:
            await attempt(call)
            if sensitive_again:
                await pin(call)
        await pause(call, 1)
        return "done"

    return flow.check()


def told(call: SimulatedCall, logged: str) -> list[str]:
    """Everything that anybody can see of a call."""
    session = call._line.session
    seen = [json.dumps(call.journal), str(call.transcript), str(call.notes), logged]
    seen += [str(entry) for entry in call.log]
    seen += [repr(session.call), str(session.call.vars), repr(vars(session.flow))]
    seen.append(str(session.call.names()))
    for store in (pickle.dumps, copy.deepcopy):
        try:
            seen.append(repr(store(session.call.vars)))
        except TypeError as error:
            seen.append(str(error))
    return seen


def leaks(seen: list[str]) -> list[str]:
    forms = (PIN, " ".join(PIN), ", ".join(PIN), PIN[:4], PIN[2:], PIN[::-1])
    # What the author wrote himself is not the caller's: the reverse is there to prove that we look.
    return [part for part in seen for form in forms[:-1] if form in part]


@settings(deadline=None)
@given(st.lists(tries, min_size=1, max_size=3), st.booleans(), st.booleans())
def test_no_output_of_any_flow_has_the_secret(
    attempts: list[Try], again: bool, typed_ahead: bool
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    seen: list[str] = []
    try:
        call = SimulatedCall(flow_of(attempts, again))
        if not typed_ahead:
            call.is_asked("pin")
        try:
            call.presses(PIN[:3]).says(f"it is {PIN}").presses(PIN[3:]).waits(8)
            call.hangs_up()
        except StoryError as error:  # the flow may have ended the call
            seen += ["".join(traceback.format_exception_only(error))]
        seen += told(call, stream.getvalue())
    finally:
        logging.getLogger().removeHandler(handler)
    assert not leaks(seen)


def test_the_scan_finds_what_leaks() -> None:
    assert leaks([f"pin={PIN}"]) and leaks(["7 3 9 1 8 4"]) and not leaks(["***"])


def test_what_work_fails_with_is_masked() -> None:
    async def fetch(call: Call) -> str:
        await answer(call)
        await collect(call, "pin", into="pin", length=6, sensitive=True)
        await work(call, "http", {"pin": call.vars["pin"]}, 5, secret=True)
        return "done"

    flow = Flow("fetch", start="fetch")
    flow.state(done=END)(fetch)
    call = SimulatedCall(flow).is_asked("pin").presses(PIN).waits(1)
    line: Any = call._line
    (order,) = line.jobs
    done = WorkDone(order.id, "failed", {"echo": PIN}, f"https://bank/{PIN} said no")
    line.happens(done)
    assert not leaks(told(call, "")) and "https://bank/*** said no" in json.dumps(call.journal)

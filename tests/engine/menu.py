"""A menu whose handlers are what a test is about."""

from typing import Any

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.flow import END, Flow
from ivr.engine.verbs import answer, ask, say

from .driver import Driver

MENU = Choices({"sales": ["1"]})


def menu_flow(**handlers: object) -> Flow:
    """A menu that says nothing of silence, and a desk."""
    known: dict[str, Any] = {"handlers": {"no_match": "desk"}} | handlers
    flow = Flow("test", start="greet", **known)

    @flow.state(done="menu")
    async def greet(call: Call) -> str:
        return (await answer(call, settle=0)).outcome

    @flow.state(sales=END)
    async def menu(call: Call) -> str:
        return (await ask(call, silent=True, choices=MENU, attempts=1, first_digit=5)).outcome

    @flow.state(done=END)
    async def desk(call: Call) -> str:
        return (await say(call, "desk")).outcome

    return flow


def started(flow: Flow) -> Driver:
    phone = Driver(flow=flow)
    phone.start()
    return phone

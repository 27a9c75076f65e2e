"""Handlers of a flow, in both spellings."""

from pathlib import Path

from ivr.engine.effects import Work
from ivr.engine.flow import Flow
from ivr.engine.verb import VERBS, Result, verb
from ivr.engine.work import work
from ivr.testing import SimulatedCall

from .reading import load, python, python_faults

YAML = """\
ivr: 1
flow: f
start: menu
operator: desk
handlers: {no_input: {1: menu, 2: desk}, no_match: desk}
on_hang_up: {set: {last: 1}}
states:
  menu:
    do:
      - answer
      - ask: {prompts: menu, choices: {broken: 1, quiet: 2}, attempts: 1}
    then: {broken: broken, quiet: quiet}
  broken:
    do: {set: {x: 1 // 0}}
    then: end
  quiet:
    do: {pause: 10}
    then: end
    on_hang_up: [{set: {last: 2}}, {set: {more: last + 1}}]
  desk:
    do: {say: welcome}
    then: end
"""
PYTHON = python("""
    CHOICES = Choices({"broken": ["1"], "quiet": ["2"]})
    flow = Flow("f", start="menu", operator="desk",
                handlers={"no_input": {1: "menu", 2: "desk"}, "no_match": "desk"})

    @flow.state(broken="broken", quiet="quiet")
    async def menu(call: Call) -> str:
        await answer(call)
        return (await ask(call, "menu", choices=CHOICES, attempts=1)).outcome

    @flow.state(done=END)
    async def broken(call: Call) -> str:
        await set_variables(call, x="1 // 0")
        return "done"

    @flow.state(done=END)
    async def quiet(call: Call) -> str:
        return (await pause(call, 10)).outcome

    @flow.state(done=END)
    async def desk(call: Call) -> str:
        return (await say(call, "welcome")).outcome

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        await set_variables(call, last="1")
        return "done"

    @flow.on_hang_up("quiet")
    async def tidy_quiet(call: Call) -> str:
        await set_variables(call, last="2", more="3")
        return "done"
""")


def both(folder: Path) -> list[Flow]:
    return [load(folder, YAML), load(folder, PYTHON, "f.py")]


def test_both_spellings_take_the_same_way(tmp_path: Path) -> None:
    for flow in both(tmp_path):
        call = SimulatedCall(flow).hears("menu", "menu", "welcome").is_over(by="flow")
        assert call.path == ["menu", "menu", "desk"]
        assert call.variables == {"last": 1}
        call = SimulatedCall(flow).is_asked("menu").presses("1").hears("sorry", "welcome")
        assert call.is_over(by="flow").path == ["menu", "broken", "(sorry)", "desk"]
        call = SimulatedCall(flow).is_asked("menu").presses("2").waits(1).hangs_up()
        assert call.variables == {"last": 2, "more": 3}


def test_what_a_state_in_python_leaves_to_handlers_is_no_fault(tmp_path: Path) -> None:
    body = PYTHON.removeprefix(python("")).replace('"no_match": "desk"', '"x": "desk"')
    found = python_faults(tmp_path, body)
    assert found == ["16:5: menu can return 'no_match', declared are: broken, quiet"]


def test_work_after_the_call(tmp_path: Path) -> None:
    @verb("tell", ("ok", "failed"), after_call=True)
    async def tell(call, name: str) -> Result:  # type: ignore[no-untyped-def]
        return Result((await work(call, "tell", {"name": name}, 30)).outcome)

    try:
        text = YAML.replace("{set: {last: 1}}", "[{tell: a}, {tell: b}, {set: {last: 3}}]")
        flow = load(tmp_path, text)
    finally:
        del VERBS["tell"]
    call = SimulatedCall(flow).is_asked("menu").hangs_up()
    call.waits_for("tell", "failed").waits_for("tell").is_over(by="caller")
    assert call.variables == {"last": 3}
    call = SimulatedCall(flow).is_asked("menu").presses("9").hears("welcome").waits(0.1)
    call.waits_for("tell").waits_for("tell", after=9).is_over(by="flow")
    assert call.variables == {}
    assert "took longer than 5 seconds" in dict(call.notes)["failed"]
    assert len([effect for _, effect in call.log if isinstance(effect, Work)]) == 2

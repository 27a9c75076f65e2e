"""Flows that call flows: one reading, one version, in both spellings."""

from pathlib import Path
from textwrap import dedent

from ivr.engine.effects import Text
from ivr.flowfile import static_addresses, static_prompts
from ivr.testing import SimulatedCall

from .reading import load, python

CALLER = """\
ivr: 1
flow: f
start: a
states:
  a:
    do:
      - answer
      - call_flow: {flow: g.yaml, name: "{{ caller }}", into: {again: tries}}
    then: {yes: end, no: a}
"""
CALLED = """\
ivr: 1
flow: g
start: ask
arguments: {name: text, tries: 0}
outcomes: [yes, no]
returns: {tries: tries}
states:
  ask:
    do:
      - set: {tries: tries + 1}
      - say: [welcome, {text: Hello}, {text: "Hello {{ name }}"}]
      - transfer: sip:1@pbx
    then: {answered: yes, busy: no, no_answer: no, rejected: no, unreachable: no, failed: no}
"""
PYTHON = python("""
    from ivr import call_flow

    g = Flow("g", start="ask", arguments={"name": "text", "tries": 0}, outcomes=("yes", "no"),
             returns={"tries": "tries"})

    @g.state(answered="yes", busy="no", no_answer="no", rejected="no", unreachable="no",
             failed="no")
    async def ask(call: Call) -> str:
        await set_variables(call, tries="tries + 1")
        await say(call, "welcome", Text("Hello"), Text("Hello {{ name }}"))
        return (await transfer(call, "sip:1@pbx")).outcome

    @flow.state(yes=END, no="a")
    async def a(call: Call) -> str:
        await answer(call)
        called = await call_flow(call, g, name="{{ caller }}", into={"again": "tries"})
        return called.outcome
""")


def both(folder: Path) -> list[SimulatedCall]:
    (folder / "g.yaml").write_text(CALLED)
    flows = [load(folder, CALLER), load(folder, PYTHON, "f.py")]
    return [SimulatedCall(flow) for flow in flows]


def test_both_spellings_take_the_same_way(tmp_path: Path) -> None:
    for call in both(tmp_path):
        call.hears("welcome", "Hello", "Hello +15550100").is_in("g.ask")
        call.is_transferred_to("sip:1@pbx", "busy").hears("welcome")
        call.is_transferred_to("sip:1@pbx", "answered").is_over(by="flow")
        assert call.path == ["a", "g.ask", "a", "g.ask"]
        assert call.variables == {"again": 1}


def test_prompts_and_addresses_are_those_of_both(tmp_path: Path) -> None:
    for call in both(tmp_path):
        assert static_prompts(call.flow) == {"welcome", Text("Hello")}
        assert [address for address, _ in static_addresses(call.flow)] == ["sip:1@pbx"]


def test_the_version_is_that_of_all_files(tmp_path: Path) -> None:
    before = {call.flow.version for call in both(tmp_path)[:1]}
    assert load(tmp_path, CALLER).version in before
    (tmp_path / "g.yaml").write_text(CALLED + "# edited\n")
    assert load(tmp_path, CALLER).version not in before


def test_a_flow_in_yaml_calls_one_in_python_and_the_other_way_round(tmp_path: Path) -> None:
    (tmp_path / "g.py").write_text(PYTHON.replace("flow =", "unused =").replace("flow.", "unused."))
    (tmp_path / "g.py").write_text((tmp_path / "g.py").read_text() + "\nflow = g\n")
    yaml = load(tmp_path, CALLER.replace("g.yaml", "g.py"))
    SimulatedCall(yaml).hears("welcome", "Hello")

    (tmp_path / "g.yaml").write_text(CALLED)
    text = dedent(f"""
        from ivr import END, Call, Flow, answer, call_flow, load_flow

        flow = Flow("f", start="a")
        g = load_flow("{tmp_path}/g.yaml")

        @flow.state(yes=END, no="a")
        async def a(call: Call) -> str:
            await answer(call)
            return (await call_flow(call, g, name="x")).outcome
    """)
    flow = load(tmp_path, text, "h.py")
    SimulatedCall(flow).hears("welcome", "Hello", "Hello x")
    version = flow.version
    (tmp_path / "g.yaml").write_text(CALLED + "# edited\n")
    assert load(tmp_path, text, "h.py").version != version


def test_the_library(tmp_path: Path) -> None:
    call = SimulatedCall(
        load(tmp_path, CALLER.replace('g.yaml, name: "{{ caller }}", into: {again: tries}',
             "library/yes_no, question: {text: Really}").replace("no: a}", "no: a, gave_up: end}"))
    )  # fmt: skip
    call.is_asked("Really").presses("2").is_asked("Really").presses("1").is_over(by="flow")

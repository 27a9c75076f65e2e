"""Flows that are made of several files, and of templates."""

from pathlib import Path

import pytest

from ivr.engine.errors import LoadError
from ivr.engine.flow import Flow
from ivr.engine.house import House
from ivr.flowfile import load_flow, static_addresses
from ivr.flowfile.state_templates import MOST_NODES
from ivr.testing import SimulatedCall

from .reading import faults, load, python

SHARED = """\
ivr: 1
operator: desk
handlers: {no_input: desk, no_match: gone}
on_hang_up: {set: {told: 1}}
states:
  desk:
    do: [{say: welcome}, {transfer: "sip:0@pbx"}]
    then: {answered: end, busy: gone, no_answer: gone, rejected: gone, unreachable: gone}
    on_error: gone
  gone: {do: {say: goodbye}, then: end}
  never: {do: {say: goodbye}, then: end}
"""
YAML = """\
ivr: 1
flow: f
start: a
states:
  a: {do: [answer, {ask: {prompts: menu, choices: {x: 1}, attempts: 1}}], then: {x: end}}
"""
PYTHON = python("""
    CHOICES = Choices({"x": ["1"]})

    @flow.state(x=END)
    async def a(call: Call) -> str:
        await answer(call)
        return (await ask(call, "menu", choices=CHOICES, attempts=1)).outcome
""")


def both(folder: Path, shared: str = SHARED) -> list[Flow]:
    (folder / "shared.yaml").write_text(shared)
    (folder / "f.yaml").write_text(YAML)
    (folder / "f.py").write_text(PYTHON)
    names = ("f.yaml", "f.py")
    return [load_flow(folder / name, house=House(shared=f"{folder}/shared.yaml")) for name in names]


def test_what_all_flows_share_is_part_of_each(tmp_path: Path) -> None:
    for flow in both(tmp_path):
        assert list(flow.states) == ["a", "desk", "gone", "(sorry)"]
        call = SimulatedCall(flow).hears("menu", "welcome")
        call.is_transferred_to("sip:0@pbx", "busy").hears("goodbye").is_over()
        assert call.variables == {"told": 1}
        SimulatedCall(flow).is_asked("menu").presses("2").hears("goodbye").is_over()
        assert [address for address, _ in static_addresses(flow)] == ["sip:0@pbx"]


def test_a_flow_s_own_goes_before_what_is_shared(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text(SHARED)
    own = YAML.replace("states:", "handlers: {no_input: desk}\nstates:\n  desk: {do: hang_up}")
    (tmp_path / "f.yaml").write_text(own)
    flow = load_flow(tmp_path / "f.yaml", house=House(shared=f"{tmp_path}/shared.yaml"))
    SimulatedCall(flow).hears("menu").is_over(by="flow")


def test_faults_of_what_is_shared_are_told_in_it(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        both(tmp_path, SHARED.replace("operator: desk", "operator: dsk"))
    place = f"{tmp_path}/shared.yaml:2:11"
    assert (
        str(caught.value) == f"{place}: unknown state 'dsk'; did you mean 'desk'? [unknown-state]"
    )


def test_a_flow_that_is_called_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text(SHARED)
    (tmp_path / "f.yaml").write_text(YAML.replace("states:", "outcomes: [x]\nstates:"))
    with pytest.raises(LoadError, match="then forgets no_input, no_match"):
        load_flow(tmp_path / "f.yaml", house=House(shared=f"{tmp_path}/shared.yaml"))


def test_the_version_covers_what_is_included(tmp_path: Path) -> None:
    before = [flow.version for flow in both(tmp_path)]
    after = [flow.version for flow in both(tmp_path, SHARED + "# edited\n")]
    assert not set(before) & set(after)


@pytest.mark.parametrize("file", ["people.yaml", "desks.yaml", "days.ics"])
def test_the_version_covers_the_values_of_other_files(tmp_path: Path, file: str) -> None:
    text = """\
ivr: 1
flow: f
start: a
arguments: {desks: {type: pairs, default: desks.yaml}}
outcomes: [open, closed]
states:
  a:
    do: [answer, {find_name: {spelled: "2", among: people.yaml}}]
    then: {found: b, none: b}
  b:
    do: {schedule: {open: "Mon 09:00-10:00", calendar: days.ics}}
    then: {open: open, closed: closed}
"""
    (tmp_path / "people.yaml").write_text("Ann: 601\n")
    (tmp_path / "desks.yaml").write_text("Sales: 602\n")
    (tmp_path / "days.ics").write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    before = load(tmp_path, text).version
    assert load(tmp_path, text).version == before
    edited = (tmp_path / file).read_text() + "\n"
    (tmp_path / file).write_text(edited)
    assert load(tmp_path, text).version != before


def test_a_template_is_a_state_under_other_names(tmp_path: Path) -> None:
    text = """\
ivr: 1
flow: f
start: a
templates:
  ask:
    parameters: [question, choices, next]
    do: {ask: {text: "Now $question, for $$1.", choices: $choices}}
    then: {x: $next, no_input: end, no_match: end}
states:
  a: {do: answer, then: b}
  b: {template: ask, question: one, choices: {x: [1, ex]}, next: c}
  c: {template: ask, question: two, choices: {x: 2}, next: end}
"""
    flow = load(tmp_path, text)
    call = SimulatedCall(flow).is_asked("Now one, for $1.").presses("1")
    call.is_asked("Now two").presses("2").is_over(by="flow")
    assert [(s.place.line, s.place.column) for s in flow.states.values()] == [
        (10, 3),
        (11, 3),
        (12, 3),
    ]


def test_templates_do_not_blow_up(tmp_path: Path) -> None:
    head = "ivr: 1\nflow: f\nstart: a0\ntemplates:\n"
    template = "  t: {parameters: [x], do: {say: [MANY]}, then: end}\nstates:\n"
    uses = "".join(f"  a{n}: {{template: t, x: welcome}}\n" for n in range(6))
    many = ", ".join(["$x"] * (MOST_NODES // 10))
    found = faults(tmp_path, head + template.replace("MANY", many) + uses)
    assert any(f"the templates come to more than {MOST_NODES} values" in each for each in found)
    long = "x" * 4000
    text = (
        head + template.replace("[MANY]", '{text: "$x$x"}') + f"  a0: {{template: t, x: {long}}}\n"
    )
    [fault] = faults(tmp_path, text)
    assert "a text of 8000 characters; at most 4000 are allowed (in a0, " in fault


def test_a_flow_is_made_of_so_many_files_at_most(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.yaml").write_text(f"ivr: 1\ninclude: {number + 1}.yaml\n")
    with pytest.raises(LoadError, match="a flow is made of at most 50 files"):
        load(tmp_path, YAML.replace("states:", "include: 0.yaml\nstates:"))

"""What explore proves and refutes; the seeded faults say by themselves what is to be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.engine.house import House
from ivr.engine.schedule import Hours, Schedule
from ivr.flowfile import load_flow
from ivr.inspect.explore.report import Explored, arguments_of, explore
from ivr.inspect.explore.told import write
from ivr.testing.scenario import load_scenarios

FOLDER = Path(__file__).with_name("faulty")
FINDS = re.compile(r"# finds: explore ([\w-]+)\n")
FAULTY = [
    (path, found[1])
    for path in sorted(FOLDER.glob("*.yaml"))
    if (found := FINDS.match(path.read_text("utf-8")))
]
SAMPLES = [
    Path("flows/auto_attendant.yaml"),
    Path("flows/auto_attendant.py"),
    *(path for path in sorted(Path("flows/samples").glob("*.yaml")) if ".test." not in path.name),
    *(path for path in sorted(Path("ivr/library").glob("*.yaml")) if ".test." not in path.name),
]
HOUSE = House(schedules={"office": Schedule(Hours.parse("Mon-Fri 09:00-17:00"))})


def explored(path: Path, **how: object) -> Explored:
    flow = load_flow(path, house=HOUSE)
    return explore(flow, arguments=arguments_of(path, HOUSE), **how)  # type: ignore[arg-type]


def of_text(folder: Path, states: str, top: str = "") -> Explored:
    """What is found out about a flow that begins in `menu`."""
    path = folder / "menu.yaml"
    path.write_text(f"ivr: 1\nflow: menu\nstart: menu\n{top}states:\n{states}", encoding="utf-8")
    return explored(path)


@pytest.mark.parametrize(("path", "name"), FAULTY, ids=[path.stem for path, _ in FAULTY])
def test_a_seeded_fault_is_refuted_and_its_story_fails(
    path: Path, name: str, tmp_path: Path
) -> None:
    refuted = explored(path).refuted
    assert {each.property for each in refuted} == {name}
    assert all(each.place.line for each in refuted)
    results = load_scenarios(write(tmp_path, path, refuted)).run()
    assert len(results) == len(refuted)
    assert not [result.scenario for result in results if result.passed]


def test_there_are_enough_of_them() -> None:
    assert len(FAULTY) >= 15


@pytest.mark.parametrize("path", SAMPLES, ids=str)
def test_no_sample_raises_a_false_alarm(path: Path) -> None:
    found = explored(path)
    assert not [f"{each.state}: {each}" for each in found.refuted]
    assert found.holds
    assert found.unseen == () or path.parent.name == "library"


MENU = """
  menu:
    do: [answer, {ask: {text: "Press 1", choices: {more: 1}, attempts: 1}}]
    then: {more: next, no_input: end, no_match: end}
"""


def test_what_is_counted_is_told_apart_as_far_as_it_is_compared(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        MENU
        + """
  next:
    do: [{set: {rounds: rounds + 1}}, {branch: {over: rounds == 4}}]
    then: {over: last, otherwise: menu}
  last:
    do: {say: {text: "{{ rounds / 0 }}"}}
    then: end
""",
        "variables: {rounds: 0}\n",
    )
    [refuted] = found.refuted
    assert (refuted.property, refuted.state) == ("errors", "last")
    assert [step.name for step in refuted.path.steps].count("presses") == 4


COUNTED = """
  menu:
    do: [answer, {{ask: {{text: "Press 1", choices: {{more: 1}}, attempts: 1}}}}]
    then: {{more: end, no_input: next, no_match: next}}
  next:
    do: [{{set: {set}}}, {{branch: {{again: {again}}}}}]
    then: {{again: menu, otherwise: end}}
"""


@pytest.mark.parametrize(
    ("set", "again", "variables"),
    [
        ("{left: left - 1}", "left > 0", "{left: 4}"),
        ("{tries: tries + 1}", "tries < most", "{tries: 0, most: 8}"),
        ("{marks: marks ~ 'x'}", "marks | length < 4", "{marks: ''}"),
        ("{tries: tries + 1, sum: 2 * tries}", "sum < 10", "{tries: 0, sum: 0}"),
    ],
)
def test_a_round_that_is_counted_in_whichever_way_ends(
    set: str, again: str, variables: str, tmp_path: Path
) -> None:
    states = COUNTED.format(set=set, again=again)
    assert of_text(tmp_path, states, f"variables: {variables}\n").holds


def test_a_round_may_be_counted_as_far_as_an_argument_says(tmp_path: Path) -> None:
    states = COUNTED.format(set="{tries: tries + 1}", again="tries < most")
    states = states.replace("otherwise: end", "otherwise: done")
    top = "arguments: {most: 7}\noutcomes: [done]\nvariables: {tries: 0}\n"
    assert of_text(tmp_path, states, top).holds


def test_what_is_counted_is_told_apart_as_far_as_it_is_computed_with(tmp_path: Path) -> None:
    divided = """
  next:
    do: [{set: {rounds: rounds + 1}}, {say: {text: "{{ 10 / (3 - rounds) }}"}}]
    then: menu
"""
    [refuted] = of_text(tmp_path, MENU + divided, "variables: {rounds: 0}\n").refuted
    assert refuted.property == "errors"
    assert [step.name for step in refuted.path.steps].count("presses") == 3


def test_what_is_only_counted_does_not_keep_places_apart(tmp_path: Path) -> None:
    counting = "\n  next: {do: {set: {rounds: rounds + 1}}, then: menu}\n"
    found = of_text(tmp_path, MENU + counting, "variables: {rounds: 0}\n")
    assert found.holds
    assert found.places < 10


def test_what_fails_after_any_hang_up_is_told_once(tmp_path: Path) -> None:
    after = "on_hang_up: {log: '{{ nobody }}'}\n"
    states = MENU + "\n  next: {do: {say: {text: Good day}}, then: end}\n"
    [refuted] = of_text(tmp_path, states, after).refuted
    assert refuted.words.startswith("the flow fails: on_hang_up: ")


def test_a_limit_of_time_ends_a_round(tmp_path: Path) -> None:
    waiting = "\n  menu: {do: [answer, say: {text: Please hold}], then: busy}"
    waiting += """
  busy:
    do: {transfer: "sip:1@pbx.example"}
    then: {busy: menu, no_answer: menu, rejected: menu, unreachable: menu, answered: end}
    on_error: menu
"""
    assert [each.property for each in of_text(tmp_path, waiting).refuted] == ["ends"]
    assert of_text(tmp_path, waiting, "max_duration: {after: 10 min}\n").holds


def test_more_places_than_are_to_be_followed_are_told(tmp_path: Path) -> None:
    path = tmp_path / "menu.yaml"
    path.write_text("ivr: 1\nflow: menu\nstart: menu\nstates:" + MENU + "\n  next: {do: hang_up}\n")
    found = explored(path, places=2)
    assert found.left and not found.holds
    assert found.as_json()["properties"]["errors"] == {"holds": False, "refuted": []}


def test_a_flow_in_python_is_seen_through_as_well(tmp_path: Path) -> None:
    path = tmp_path / "menu.py"
    path.write_text(
        """
from ivr import END, Call, Choices, Flow, answer, ask, http, say
from ivr.engine.effects import Text

flow = Flow("menu", start="menu")


@flow.state(left=END, right="look", no_input=END, no_match=END)
async def menu(call: Call) -> str:
    await answer(call)
    choices = Choices({"left": ["1"], "right": ["23"]})
    return (await ask(call, Text("Left or right?"), choices=choices)).outcome


@flow.state(done=END)
async def look(call: Call) -> str:
    await http(call, "https://a.example/", into={"colour": "body.colour"}, seconds=2)
    return (await say(call, Text("It is {{ colour }}."))).outcome
""",
        encoding="utf-8",
    )
    [refuted] = explored(path).refuted
    assert (refuted.property, refuted.state, refuted.move) == ("errors", "look", "http failed")
    assert refuted.path.steps[1].named == {"keys": "23"}


def test_a_flow_in_python_counts_as_far_as_it_speaks_of(tmp_path: Path) -> None:
    path = tmp_path / "menu.py"
    path.write_text(
        """
from ivr import END, Call, Choices, Flow, Text, answer, ask

flow = Flow("menu", start="menu")
MOST = 8


@flow.state(left=END, no_input="count", no_match="count")
async def menu(call: Call) -> str:
    await answer(call)
    return (await ask(call, Text("Left?"), choices=Choices({"left": ["1"]}), attempts=1)).outcome


@flow.state(again="menu", enough=END)
async def count(call: Call) -> str:
    call.vars["tries"] = call.vars.get("tries", 0) + 1
    return "again" if call.vars["tries"] < MOST else "enough"
""",
        encoding="utf-8",
    )
    assert explored(path).holds


def test_what_a_flow_in_python_computes_for_its_verbs_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "menu.py"
    path.write_text(
        """
from ivr import END, Call, Choices, Flow, Text, answer, ask, branch, set_variables
from ivr import authenticate, schedule
from ivr.engine.schedule import Hours

flow = Flow("menu", start="menu")


def made(what):
    return what


@flow.state(left="look", no_input=END, no_match=END)
async def menu(call: Call) -> str:
    await answer(call)
    return (await ask(call, Text("Left?"), choices=made(Choices({"left": ["1"]})))).outcome


@flow.state(over="bad", otherwise=END)
async def look(call: Call) -> str:
    await set_variables(call, tries=made("1 + 1"))
    known = await authenticate(call, Text("Your PIN?"), expected=made("'1234'"))
    if known.outcome == "ok":
        return (await branch(call, over=made("tries == 3"))).outcome
    hours = await schedule(call, open=made(Hours.parse("Mon-Fri 08:00-17:00")))
    return "over" if hours.outcome == "closed" else "otherwise"


@flow.state()
async def bad(call: Call) -> str:
    raise ValueError
""",
        encoding="utf-8",
    )
    [refuted] = explored(path).refuted
    assert (refuted.property, refuted.state) == ("errors", "bad")


def test_a_caller_may_take_himself_back_from_a_conversation(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        """
  menu:
    do: [answer, {transfer: {to: "sip:1@pbx.example", catch: ["*0"], accept: 1, ring: 1}}]
    then: {busy: sorry, no_answer: sorry, rejected: sorry, unreachable: sorry, answered: sorry}
    on_error: sorry
  sorry:
    do: {say: {text: "Please call again."}}
    then: end
""",
    )
    assert found.holds
    [caught] = [edge for edge in found.graph.edges if edge.move.endswith("presses *0")]
    assert caught.states == ("sorry",)


FORGIVING = ("flows/auto_attendant.yaml", "flows/samples/account_balance.yaml")


@pytest.mark.parametrize("path", FORGIVING)
def test_samples_stand_what_phones_and_services_do_wrong(path: str) -> None:
    found = explored(Path(path), faults=True)
    assert not [f"{each.state}: {each}" for each in found.refuted]


def test_an_answer_that_nobody_expects_is_refuted_with_faults_only(tmp_path: Path) -> None:
    states = """
  menu:
    do:
      - answer
      - http: {url: "https://a.example/", into: {sum: body.sum}, seconds: 2}
      - say: {text: "{{ sum | currency('EUR') }}"}
    then: {done: end, failed: sorry, timeout: sorry}
  sorry:
    do: {say: {text: "Please call again."}}
    then: end
"""
    assert of_text(tmp_path, states).holds
    path = tmp_path / "menu.yaml"
    [refuted] = explored(path, faults=True).refuted
    assert refuted.property == "errors"
    assert refuted.move.startswith("http answers")
    path.write_text(path.read_text().replace("then: {done", "on_error: sorry\n    then: {done"))
    assert explored(path, faults=True).holds


TWO_WAYS = """
from itertools import count

from ivr import END, Call, Choices, Flow, Text, answer, ask

flow = Flow("menu", start="menu")
CHOICES = Choices({{"more": ["1"], "enough": ["2"]}})
CALLS = count(1)


@flow.state(more="draw", enough=END, no_input=END, no_match=END)
async def menu(call: Call) -> str:
    await answer(call)
    return (await ask(call, Text("One or two?"), choices=CHOICES)).outcome


@flow.state(more="other", enough=END, no_input=END, no_match=END)
async def draw(call: Call) -> str:
    if next(CALLS) % 4 == 0:
        {now_and_then}
    return (await ask(call, Text("Again?"), choices=CHOICES)).outcome


@flow.state(more="menu", enough=END, no_input=END, no_match=END)
async def other(call: Call) -> str:
    return (await ask(call, Text("Something else?"), choices=CHOICES)).outcome
"""


@pytest.mark.parametrize(
    ("now_and_then", "words"),
    [
        (
            "raise TypeError('no lots')",
            "ended; the flow had failed: draw: {file}:20: TypeError: no lots",
        ),
        ("return 'more'", "waited in other"),
        ("await ask(call, Text('Pardon?'), choices=CHOICES)", "waited elsewhere in it"),
    ],
)
def test_a_call_that_goes_two_ways_ends_the_walk(
    now_and_then: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "menu.py"
    path.write_text(TWO_WAYS.format(now_and_then=now_and_then), encoding="utf-8")
    found = explored(path)
    [refuted] = found.refuted
    assert (refuted.property, refuted.state, refuted.place.line) == ("same-way", "draw", 17)
    told = f"it waited in draw, and told again it {words.format(file=path)}"
    assert refuted.words == f"the same call went two ways: {told}"
    assert [str(step) for step in refuted.path.steps] == ["waits: 0.32 s", 'presses: "1"']
    assert found.left and found.states and not found.reproducible


@pytest.mark.parametrize("failing", [2, 6, 11, 19])
def test_it_does_not_matter_which_call_goes_another_way(failing: int, tmp_path: Path) -> None:
    path = tmp_path / "menu.py"
    calls = TWO_WAYS.format(now_and_then="raise TypeError")
    path.write_text(calls.replace("% 4 == 0", f"== {failing}"), encoding="utf-8")
    [refuted] = explored(path).refuted
    assert (refuted.property, refuted.state) == ("same-way", "draw")


def test_a_walk_that_is_interrupted_tells_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "menu.yaml"
    path.write_text("ivr: 1\nflow: menu\nstart: menu\nstates:" + MENU + "\n  next: {do: hang_up}\n")

    def ctrl_c(done: int, found: int) -> None:
        raise KeyboardInterrupt

    found = explored(path, told=ctrl_c)
    assert found.interrupted and found.left and not found.holds
    assert found.states == ("menu", "next")
    assert not found.refuted

"""Scenarios: the stories of simulated calls as YAML, beside the flow that they are about.

``flows/menu.test.yaml`` tests ``flows/menu.yaml``.  A step is the name of a method of
`SimulatedCall`; what it may be given is read from that method's annotations, as it is for verbs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yaml.nodes import Node

from ..engine.codes import Code
from ..engine.errors import LoadError
from ..engine.flow import END, Flow, Place, path_name
from ..engine.house import House
from ..flowfile import load_flow
from ..flowfile.bind import bind, verb_and_data
from ..flowfile.convert import Context
from ..flowfile.source import Bad, Field, Source, is_file, missing
from .caller import NAME as CALLER
from .caller import is_called, wrong_with
from .errors import StoryError, report
from .offer import OFFER, read_offer
from .simulated_call import SimulatedCall
from .steps import STEPS, Step

SUFFIX = ".test.yaml"
VERSION = "1"  # of the language
_TOP = ("ivr", "flow", "description", "scenarios")
_SCENARIO = ("description", *OFFER, "steps")
_STEP = "a step such as hears: welcome"


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """How one scenario went on one flow.

    `place`: of the step that failed, else of the scenario.  `sentence`, `transcript` and `events`
    are empty when it passed.  `seconds`: how long the call was.  Of real calls: `not_told` says why
    it could not be told to its end, `not_looked_at` what of it no phone can see.
    """

    scenario: str
    flow: Path
    place: Place
    passed: bool
    seconds: float
    sentence: str = ""
    transcript: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    not_told: str = ""
    not_looked_at: tuple[str, ...] = ()

    def report(self) -> str:
        """What went wrong and where, with the transcript; many lines."""
        where = f"{self.place.file}:{self.place.line}:{self.place.column}"
        sentence = f"{where}: {self.scenario}: {self.not_told or self.sentence}"
        if self.not_told:
            return sentence
        return report(sentence, self.transcript, self.events)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story; `offer` is what `SimulatedCall` is given besides the flow."""

    name: str
    place: Place
    offer: Mapping[str, Any]
    steps: tuple[Step, ...]

    def run(self, flow: Flow, path: Path) -> ScenarioResult:
        """Tell it of *flow*, which was read from *path*."""
        call = SimulatedCall(flow, **self.offer)
        for step in self.steps:
            try:
                step.tell(call)
            except StoryError as error:
                return ScenarioResult(
                    self.name,
                    path,
                    step.place,
                    False,
                    call.now,
                    error.sentence,
                    error.transcript,
                    error.events,
                )
        return ScenarioResult(self.name, path, self.place, True, call.now)


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """The scenarios of one file, and the flows that each of them is told of."""

    path: Path
    flows: Mapping[Path, Flow]
    scenarios: tuple[Scenario, ...]

    def run(self) -> list[ScenarioResult]:
        """Tell every scenario of every flow."""
        return [s.run(flow, path) for s in self.scenarios for path, flow in self.flows.items()]


def load_scenarios(
    path: str | Path, prompts: Collection[str] | None = None, house: House | None = None
) -> ScenarioFile:
    """Read the scenarios in *path* and the flows that they are about.

    *prompts*: the names of the prompts there are; None: they are not checked.
    Raises `LoadError` with every fault of these files.
    """
    path = Path(path)
    source, root = Source.parse(path)
    flows: dict[Path, Flow] = {}
    scenarios: tuple[Scenario, ...] = ()
    try:
        if root is None:
            empty = "empty; expected ivr: 1, scenarios"
            raise LoadError([Place(source.file, 1, 1).fault(empty, Code.EMPTY_FILE)])
        top = _top(root, source)
        flows = _flows(path, top.get("flow"), prompts, house, source)
        if "scenarios" in top:
            reader = _Reader(Context(source, prompts), list(flows.values()))
            scenarios = reader.scenarios(top["scenarios"])
    except Bad as bad:
        source.note(bad)
    source.check()
    return ScenarioFile(path, flows, scenarios)


def read_step(text: str, flow: Flow) -> Step:
    """The one sentence in *text*, such as ``presses: 12#``, of a story about *flow*.

    Raises `LoadError`.
    """
    source, root = Source.read("step", text)
    reader = _Reader(Context(source, None), [flow])
    steps = reader.step(root) if root is not None else []
    if not steps and not source.faults:
        empty = f"expected {_STEP}"
        raise LoadError([Place(source.file, 1, 1).fault(empty, Code.EMPTY_VALUE)])
    source.check()
    return steps[0]


def _top(root: Node, source: Source) -> dict[str, Field]:
    top = source.fields(root, "ivr: 1, flow, scenarios")
    for name, field in top.items():
        if name not in _TOP:
            source.unknown(field.key, "key", name, _TOP, Code.UNKNOWN_KEY)
    for name in missing(("ivr", "scenarios"), top, _TOP):
        what = "ivr: 1, the version of the language" if name == "ivr" else name
        source.fault(root, f"the file lacks {what}", Code.MISSING_KEY)
    if "ivr" in top and source.text(top["ivr"].value) != VERSION:
        wrong = f"this version reads ivr: {VERSION}"
        source.fault(top["ivr"].value, wrong, Code.WRONG_VERSION)
    return top


def _flows(
    path: Path,
    field: Field | None,
    prompts: Collection[str] | None,
    house: House | None,
    source: Source,
) -> dict[Path, Flow]:
    """The flows named by ``flow``, or the one that is called as the scenarios are."""
    named: list[tuple[Path, Node | None]]
    if field is None:
        stem = path.name.removesuffix(SUFFIX)
        beside = [path.with_name(stem + suffix) for suffix in (".yaml", ".yml", ".py")]
        named = [(next((p for p in beside if p.exists()), beside[0]), None)]
    else:
        items = source.items(field.value)
        if not items:
            wrong = "expected at least one flow, as in flow: menu.yaml"
            source.fault(field.key, wrong, Code.EMPTY_VALUE)
        named = [(path.parent / source.text(item, "a flow file"), item) for item in items]
    flows: dict[Path, Flow] = {}
    for file, node in named:
        if not is_file(file):
            wrong = f"no flow {file}; name it, as in flow: menu.yaml"
            place = source.place(node) if node is not None else Place(source.file, 1, 1)
            source.faults.append(place.fault(wrong, Code.MISSING_FILE))
            continue
        try:
            flows[file] = load_flow(file, prompts, house=house and replace(house, means=None))
        except LoadError as error:
            source.take(error.faults)
    return flows


def _states(flows: Collection[Flow]) -> list[str]:
    """The names of their states, as a journal would have them."""
    found: set[str] = set()
    for flow in flows:
        found |= flow.path_names
        if is_called(flow):
            found -= flow.states.keys()
            found |= {CALLER, *(path_name(flow, name) for name in flow.states)}
    return sorted(found)


class _Reader:
    """Reads the scenarios of one file."""

    def __init__(self, context: Context, flows: Collection[Flow]) -> None:
        self.context = context
        self.source = context.source
        self.flows = flows
        self.states = _states(flows)

    def scenarios(self, field: Field) -> tuple[Scenario, ...]:
        found, fields = [], self.source.fields(field.value, "scenarios by name")
        if not fields:
            wrong = "expected at least one scenario, by name"
            self.source.fault(field.key, wrong, Code.EMPTY_VALUE)
        for name, part in fields.items():
            try:
                found.append(self._scenario(name, part))
            except Bad as bad:
                self.source.note(bad)
        return tuple(found)

    def _scenario(self, name: str, field: Field) -> Scenario:
        source, offer, steps = self.source, dict[str, Any](), list[Step]()
        parts = source.fields(field.value, "a scenario: at, caller, steps")
        for key, part in parts.items():
            try:
                if key == "steps":
                    steps = [s for n in source.items(part.value) for s in self.step(n)]
                elif key not in _SCENARIO:
                    source.unknown(part.key, "key", key, _SCENARIO, Code.UNKNOWN_KEY)
                elif key != "description":
                    offer[key] = read_offer(key, part.value, self.context, self._called)
            except Bad as bad:
                source.note(bad, key)
        lacks = missing(("steps",), parts, _SCENARIO)
        if lacks or ("steps" in parts and not source.items(parts["steps"].value)):
            wrong = f"scenario {name!r} lacks steps, such as hears: welcome"
            source.fault(field.key, wrong, Code.MISSING_KEY)
        for wrong in sorted(
            {
                wrong_with(flow, offer.get("arguments", {}))
                for flow in (self.flows if "arguments" in offer else self._called)
            }
        ):
            if wrong:
                at = parts["arguments"].key if "arguments" in parts else field.key
                source.fault(at, wrong, Code.AT_ODDS)
        if "accept" in offer and offer.get("direction") != "out":
            wrong = "accept is for calls out; expected direction: out"
            source.fault(parts["accept"].key, wrong, Code.AT_ODDS)
            del offer["accept"]
        return Scenario(name, source.place(field.key), offer, tuple(steps))

    @property
    def _called(self) -> list[Flow]:
        return [flow for flow in self.flows if is_called(flow)]

    def step(self, node: Node) -> list[Step]:
        """The step at *node*; none when it could not be read."""
        source = self.source
        try:
            name, key, data = verb_and_data(source, node, _STEP)
        except Bad as bad:
            source.note(bad)
            return []
        if name not in STEPS:
            source.unknown(key, "step", name, STEPS, Code.UNKNOWN_STEP)
            return []
        arguments = bind(STEPS[name], name, key, data, self.context)
        if arguments is None:
            return []
        if name in ("is_in", "goes_through", "is_moved_to") and self.states:
            for state in arguments.positional or (arguments.named.get("state", END),):
                if state not in self.states and state != END:
                    source.unknown(key, "state", state, self.states, Code.UNKNOWN_STATE)
        keys = {"presses": "keys", "is_sent_digits": "digits"}.get(name)
        if keys and not arguments.named[keys]:
            source.fault(key, f"{name} needs at least one key", Code.EMPTY_VALUE)
        return [Step(name, arguments.positional, arguments.named, source.place(key))]

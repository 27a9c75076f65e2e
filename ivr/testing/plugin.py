"""pytest plugin: the `call` fixture, and YAML scenarios as tests.

::

    @pytest.mark.flow("flows/menu.yaml", "flows/menu.py")
    def test_sales_is_key_one(call):
        call.hears("welcome").is_asked("menu").presses("1").is_transferred_to("sip:601@pbx")

The mark names flow files (from the root folder, or beside the test) or `Flow` objects; the test
runs once on each.  Its keywords (``at``, ``caller``, ``dialled``, ``headers``, ``durations``,
``overrides``, ``memory``, ``secrets``, ``direction``, ``accept``) are those of `SimulatedCall`.
Marks nearer to the test win, so that a module can name the flow and a test the time of day.  A
fixture ``flow`` of your own does as well.

A file ``*.test.yaml`` that begins with ``ivr:`` is collected, one test a scenario.

Files that `callers` are to call are looked for, and read, as those of a mark.

A test that fails shows its last call; ``--ivr-cov`` tells what of the flows the calls of all tests
cover.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..engine.flow import Flow
    from ..engine.house import House
    from .scenario import Scenario
    from .simulated_call import SimulatedCall

_LANGUAGE = re.compile(r"^ivr\s*:", re.MULTILINE)
HOUSE = "ivr.yaml"  # in the root folder, where there is one
_FLOWS = pytest.StashKey[dict[Path, "Flow"]]()
_HOUSE = pytest.StashKey["House | None"]()
_CALLS = pytest.StashKey[deque[Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    from ..inspect.coverage.plugin import add_options

    add_options(parser.getgroup("ivr", "call flows"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "flow(*flows, at=…, caller=…, …): the flows that `call` calls, and how it is offered",
    )
    from ..inspect.coverage.plugin import CoveragePlugin, wanted

    if wanted(config):
        config.pluginmanager.register(CoveragePlugin(config, lambda: _begun(config)))


# -- the call fixture --------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once on each flow of its mark."""
    if "_marked_flow" in metafunc.fixturenames:
        flows = _marked(metafunc.definition)
        if flows:
            names = [_name(flow) for flow in flows]
            metafunc.parametrize("_marked_flow", flows, ids=names, indirect=True)


@pytest.fixture
def _marked_flow(request: pytest.FixtureRequest) -> Flow:
    # A fixture of its own, so that a project with another fixture `flow` is left alone.
    marked = getattr(request, "param", None)
    if marked is None:
        wrong = "call needs a flow: @pytest.mark.flow('flows/menu.yaml'), or a fixture flow"
        pytest.fail(wrong, pytrace=False)
    return _load(request, Path(marked)) if isinstance(marked, str | Path) else marked


@pytest.fixture
def flow(_marked_flow: Flow) -> Flow:
    """The flow of the test's ``flow`` mark."""
    return _marked_flow


@pytest.fixture
def call(request: pytest.FixtureRequest, flow: Flow) -> SimulatedCall:
    """A simulated call to `flow`, just offered, with the keywords of the ``flow`` marks."""
    from .simulated_call import SimulatedCall

    offer: dict[str, Any] = {}
    for mark in request.node.iter_markers("flow"):  # the nearest first
        offer = mark.kwargs | offer
    return SimulatedCall(flow, **offer)


def _marked(node: pytest.Item | Any) -> tuple[Any, ...]:
    return next((mark.args for mark in node.iter_markers("flow") if mark.args), ())


def _name(flow: object) -> str:
    return Path(flow).name if isinstance(flow, str | Path) else str(getattr(flow, "name", flow))


def _load(request: pytest.FixtureRequest, path: Path) -> Flow:
    from ..engine.errors import IvrError

    file = _file(request.node, path)
    flows = request.config.stash.setdefault(_FLOWS, {})
    if file not in flows:
        try:
            flows[file] = _read(request.node, path)
        except IvrError as error:
            pytest.fail(str(error), pytrace=False)
    return flows[file]


def _read(item: pytest.Item, path: Path) -> Flow:
    """The flow in *path*, as the project of *item* has it.  Raises `IvrError`."""
    from ..flowfile import load_flow

    return load_flow(_file(item, path), house=_house(item.config))


def _file(item: pytest.Item, path: Path) -> Path:
    """*path* from the root folder, or beside the test; else as it is."""
    folders = (item.config.rootpath, item.path.parent)
    return next((f / path for f in folders if (f / path).is_file()), path)


def _house(config: pytest.Config) -> House | None:
    """What the project in the root folder gives to its flows.  Its prompts are not looked at: tests
    have flows of their own.  What its settings have is made up in tests.  Raises `IvrError`."""
    from ..project import Ground

    if _HOUSE not in config.stash:
        config.stash[_HOUSE] = Ground.read(config.rootpath / HOUSE).of_others().house
    return config.stash[_HOUSE]


def _begun(config: pytest.Config) -> Iterator[Flow]:
    """Those that the project in the root folder leads calls to, as far as they can be read."""
    from ..engine.errors import LoadError
    from ..flowfile import load_flow
    from ..project import Ground

    ground = Ground.read(config.rootpath / HOUSE)
    for file in ground.settings.flow_files if ground.settings else ():
        with suppress(LoadError):  # `ivr check` tells
            yield load_flow(file, house=ground.house)


# -- what happened ---------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Remember the last simulated call of a test, and read the files that it names."""
    from .reading import reading
    from .watching import watching

    with watching(most=1) as calls, reading(partial(_read, item)):
        item.stash[_CALLS] = calls
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show it, where the test fails for another reason than what the caller met."""
    from .errors import StoryError

    report = yield
    known = call.excinfo is None or isinstance(call.excinfo.value, StoryError | ScenarioFailed)
    if report.failed and not known:
        for last in item.stash.get(_CALLS, deque()):
            report.sections.append(("simulated call", last.report()))
    return report


# -- scenarios ---------------------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioModule | None:
    if not file_path.name.endswith(".test.yaml") or not _is_ours(file_path):
        return None
    return ScenarioModule.from_parent(parent, path=file_path)


def _is_ours(path: Path) -> bool:
    """Other projects have files of that name, too."""
    try:
        return _LANGUAGE.search(path.read_text("utf-8", "replace")) is not None
    except OSError:
        return False


class ScenarioModule(pytest.File):
    """A file of scenarios."""

    def collect(self) -> Iterator[ScenarioItem]:
        from ..engine.errors import IvrError
        from .scenario import load_scenarios

        try:
            loaded = load_scenarios(_short(self.path), house=_house(self.config))
        except IvrError as error:
            raise self.CollectError(str(error)) from None
        for scenario in loaded.scenarios:
            for path, flow in loaded.flows.items():
                name = f"{scenario.name}[{path.name}]" if len(loaded.flows) > 1 else scenario.name
                yield ScenarioItem.from_parent(
                    self, name=name, scenario=scenario, flow=flow, flow_path=path
                )


class ScenarioItem(pytest.Item):
    """One scenario, told of one flow."""

    def __init__(self, *, scenario: Scenario, flow: Flow, flow_path: Path, **others: Any) -> None:
        super().__init__(**others)
        self.scenario = scenario
        self.flow = flow
        self.flow_path = flow_path

    def runtest(self) -> None:
        result = self.scenario.run(self.flow, self.flow_path)
        if not result.passed:
            raise ScenarioFailed(result.report())

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.scenario.place.line - 1, self.name


class ScenarioFailed(Exception):
    """A scenario went otherwise than told."""


def _short(path: Path) -> Path:
    """*path* as one would type it."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path

"""Read a flow from Python, and check it before a caller does."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from ..engine.codes import Code
from ..engine.errors import Fault, LoadError
from ..engine.flow import Flow, Place, State
from ..engine.handlers import handled
from ..engine.verb import VERBS, Verb
from .python_state import StateReader
from .python_tree import Tree
from .source import read_bytes

_NO_FLOW = "expected a Flow named flow, as in: flow = Flow('menu', start='greet')"


def read_python(
    path: Path,
    prompts: Collection[str] | None = None,
    prepare: Callable[[Flow], None] = lambda flow: None,
) -> Flow:
    """Run *path* and check the `Flow` that it calls ``flow``, once *prepare* has seen it.

    While it runs, modules beside it can be imported, as with ``python flow.py``.  They belong to
    this reading: an edited one counts at the next, and the flows of two folders may each have a
    ``helper.py``.  So a state cannot import them later, when it runs.

    Raises `LoadError` with every fault.
    """
    source = _source(path)
    module, _ = run_python(path)
    flow = getattr(module, "flow", None)
    if not isinstance(flow, Flow):
        raise LoadError([Fault(str(path), 0, 0, _NO_FLOW, Code.NOTHING_DECLARED)])
    trees = _Trees({str(path): Tree(source)})
    if not flow.place.file:
        flow.place = trees[str(path)].flow_place(str(path))
    prepare(flow)
    faults: list[Fault] = []
    todo = [flow]
    for each in todo:
        if not each.version:  # else it was loaded from a file of its own
            faults += _read_states(each, trees, prompts)
        todo += [called for called in each.family() if called not in todo]
    if faults:
        raise LoadError(sorted(set(faults)))
    return flow.check()


def _read_states(flow: Flow, trees: _Trees, prompts: Collection[str] | None) -> list[Fault]:
    """Add what can be told of the states of *flow*; what is wrong with them."""
    faults: list[Fault] = []
    for name, state in flow.states.items():
        flow.states[name], found = _read(flow, state, trees, prompts)
        faults += found
    if all(isinstance(t, str) for state in flow.states.values() for t in state.on.values()):
        faults += flow.faults()
    return faults


class _Trees(dict[str, Tree]):
    """The syntax trees of the files that states are written in; read once each."""

    def __missing__(self, file: str) -> Tree:
        try:
            tree = Tree(Path(file).read_bytes())
        except (OSError, SyntaxError, ValueError):
            tree = Tree(b"")
        self[file] = tree
        return tree


def _read(
    flow: Flow, state: State, trees: _Trees, known: Collection[str] | None
) -> tuple[State, list[Fault]]:
    """*state* with places and prompts, and what is wrong with it."""
    step = state.step
    if not inspect.iscoroutinefunction(inspect.unwrap(step)):
        wrong = f"{state.name} must be an async def that returns its outcome, without yield"
        return state, [state.place.fault(wrong, Code.NOT_ASYNC)]
    places, faults, prompts = dict(state.on_places), list[Fault](), state.prompts
    addresses, flows, does = state.addresses, state.flows, state.does
    if inspect.isfunction(step) and not hasattr(step, "__wrapped__"):
        said = handled(flow, state.on_error)
        # A wrapper could make other outcomes of those that stand there.
        reader = StateReader(state, step, trees[step.__code__.co_filename], known, said)
        faults = reader.faults()
        flow.warnings += reader.warnings()
        places, prompts = reader.target_places() | places, prompts | reader.prompts()
        addresses |= reader.addresses()
        flows |= reader.flows()
        does = reader.does()
    for outcome, target in state.on.items():
        if not isinstance(target, str):
            wrong = f"expected the name of a state, found a {type(target).__name__}"
            place = places.get(outcome, state.place)
            faults.append(place.fault(f"{state.name}: {outcome}: {wrong}", Code.WRONG_SHAPE))
    read = replace(
        state, on_places=places, prompts=prompts, addresses=addresses, flows=flows, does=does
    )
    return read, faults


def run_python(path: Path) -> tuple[ModuleType, dict[str, Verb]]:
    """Run *path*: the module, and the verbs that it declares, which are known to it alone.

    Raises `LoadError`.
    """
    before = dict(VERBS)
    try:
        module = _run(path, _source(path))
        return module, {name: each for name, each in VERBS.items() if before.get(name) != each}
    finally:
        VERBS.clear()
        VERBS.update(before)


def _source(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        wrong = f"cannot be read: {why}"
        raise LoadError([Fault(str(path), 0, 0, wrong, Code.UNREADABLE_FILE)]) from None


def _run(path: Path, source: bytes) -> ModuleType:
    # One module a file, whatever the working folder; dots would make it a package's.
    name = "ivr_flow_" + str(path.resolve()).replace("/", "_").replace(".", "_")
    module = ModuleType(name)
    module.__file__ = str(path)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        # Compiled here: a cached .pyc would hide an edit of the same second and size.
        code = compile(source, str(path), "exec", dont_inherit=True)
        with _importing_from(path.resolve().parent):
            exec(code, module.__dict__)
    except BaseException as error:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        if isinstance(error, Exception | SystemExit):
            raise _load_error(path, error) from None
        raise
    return module


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Make the modules in *folder* importable; forget them afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        fresh = {name.partition(".")[0] for name in sys.modules} - before
        own = {name for name in fresh if _lies_in(folder, sys.modules.get(name))}
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in own:
                del sys.modules[name]


def _lies_in(folder: Path, module: ModuleType | None) -> bool:
    file = getattr(module, "__file__", None)
    places = [file] if file else list(getattr(module, "__path__", ()))
    return any(
        place in (folder / f"{module.__name__}.py", folder / module.__name__ / "__init__.py")
        or place == folder / module.__name__
        for place in map(Path, places)
        if module is not None
    )


def _load_error(path: Path, error: BaseException) -> LoadError:
    """What running *path* raised, at the line of the file that it came from."""
    match error:
        case LoadError():
            return error
        case SyntaxError(lineno=line, offset=column, filename=file) if file == str(path):
            place = Place(file, line or 0, column or 0)
            return LoadError([place.fault(f"not Python: {error.msg}", Code.PYTHON_FAILS)])
        case ModuleNotFoundError():
            wrong = f"{error}; a module of your own must lie beside the flow"
        case SystemExit():
            wrong = "ends the program; a flow file only declares a flow"
        case _:
            wrong = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    line = (lines or [0])[-1] or 0
    return LoadError([Fault(str(path), line, 0, wrong, Code.PYTHON_FAILS)])

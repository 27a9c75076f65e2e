"""Read a flow from Python, and find the outcomes that it forgets or invents before a caller does.

A Python state may compute its outcome any way it likes; where it returns plain texts or the outcome
of a verb, which is nearly always, the two sets can be compared without running it.
"""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Collection, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from ..engine.errors import Fault, LoadError
from ..engine.flow import Flow, State
from ..engine.verb import VERBS, Verb
from .bind import signature_of
from .source import suggest

_UNKNOWN = object()


def read_python(path: Path, prompts: Collection[str] | None = None) -> Flow:
    """Run *path* and check the `Flow` that it calls ``flow``.  Raises `LoadError`."""
    module = _import(path)
    flow = getattr(module, "flow", None)
    if not isinstance(flow, Flow):
        wrong = "expected a Flow named flow, as in: flow = Flow('menu', start='greet')"
        raise LoadError([Fault(str(path), 0, 0, wrong)])
    faults = flow.faults()
    for state in flow.states.values():
        if isinstance(state.step, FunctionType):
            faults += _Reader(state, state.step, prompts).faults()
    if faults:
        raise LoadError(sorted(faults))
    return flow.check()


def _import(path: Path) -> ModuleType:
    # One module a file, whatever the working folder; dots would make it a package's.
    name = "ivr_flow_" + str(path.resolve()).replace("/", "_").replace(".", "_")
    spec = spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except LoadError:
        raise
    except OSError as error:
        raise LoadError([Fault(str(path), 0, 0, error.strerror or str(error))]) from None
    except SyntaxError as error:
        place = error.lineno or 0, error.offset or 0
        raise LoadError([Fault(str(path), *place, f"not Python: {error.msg}")]) from None
    except Exception as error:
        lines = [
            f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)
        ]
        wrong = f"{type(error).__name__}: {error}"
        raise LoadError([Fault(str(path), (lines or [0])[-1] or 0, 0, wrong)]) from None
    return module


class _Reader:
    """Reads the source of one state."""

    def __init__(self, state: State, step: FunctionType, prompts: Collection[str] | None) -> None:
        self.state = state
        self.names: dict[str, Any] = step.__globals__
        self.prompts = prompts
        tree = _function(step)
        self.body: list[ast.AST] = list(ast.walk(tree)) if tree else []

    def faults(self) -> list[Fault]:
        return [*self._wrong_outcomes(), *self._wrong_arguments()]

    def _wrong_outcomes(self) -> Iterator[Fault]:
        returned: dict[str, ast.AST] = {}
        decided = bool(self.body)
        for node in self.body:
            if isinstance(node, ast.Return):
                outcomes = self._outcomes(node.value)
                decided = decided and outcomes is not None
                returned |= {outcome: node for outcome in outcomes or ()}
        declared = self.state.on
        for outcome, node in returned.items():
            if outcome not in declared:
                names = ", ".join(declared) or "none"
                yield self._fault(
                    node, f"{self.state.name} can return {outcome!r}, declared are: {names}"
                )
        if decided:
            for outcome in declared:
                if outcome not in returned:
                    hint = f"; {suggest(outcome, returned)}" if returned else ""
                    yield self.state.place.fault(
                        f"{self.state.name} declares {outcome!r} but never returns it{hint}"
                    )

    def _outcomes(self, value: ast.AST | None) -> set[str] | None:
        """The outcomes that a returned expression can have; None: cannot be told."""
        match value:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.IfExp(body=one, orelse=other):
                both = self._outcomes(one), self._outcomes(other)
                return None if None in both else set().union(*(b or () for b in both))
            case ast.Attribute(value=ast.Await(value=ast.Call() as call), attr="outcome"):
                return self._verb_outcomes(call)
            case ast.Attribute(value=ast.Name(id=name), attr="outcome"):
                return self._outcomes_of(name)
        return None

    def _outcomes_of(self, name: str) -> set[str] | None:
        """Those of ``name = await verb(…)``, unless the state looks at them in between."""
        calls = []
        for node in self.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    if not isinstance(value, ast.Await) or not isinstance(value.value, ast.Call):
                        return None
                    calls.append(value.value)
                case ast.Compare() | ast.Match() if _mentions(node, name):
                    return None
        return self._verb_outcomes(calls[0]) if len(calls) == 1 else None

    def _verb_outcomes(self, call: ast.Call) -> set[str] | None:
        verb = self._verb(call)
        if verb is None:
            return None
        arguments = self._arguments(call)
        try:
            return set(verb.outcomes(arguments))
        except (KeyError, AttributeError, TypeError):
            return None

    def _wrong_arguments(self) -> Iterator[Fault]:
        for call in self.body:
            verb = self._verb(call) if isinstance(call, ast.Call) else None
            if verb is None or not isinstance(call, ast.Call):
                continue
            try:
                wrong = verb.check(self._arguments(call))
            except (KeyError, AttributeError, TypeError):
                wrong = ""
            if wrong:
                yield self._fault(call, f"{verb.name}: {wrong}")
            if self.prompts is not None and signature_of(verb.run).takes_prompts():
                yield from self._unknown_prompts(call, self.prompts)

    def _unknown_prompts(self, call: ast.Call, prompts: Collection[str]) -> Iterator[Fault]:
        for argument in call.args[1:]:
            match argument:
                case ast.Constant(value=str(name)) if name not in prompts:
                    hint = suggest(name, sorted(prompts))
                    yield self._fault(argument, f"unknown prompt {name!r}; {hint}")

    def _verb(self, call: ast.Call) -> Verb | None:
        if not isinstance(call.func, ast.Name):
            return None
        function = self.names.get(call.func.id)
        return next((verb for verb in VERBS.values() if verb.run is function), None)

    def _arguments(self, call: ast.Call) -> dict[str, Any]:
        """What can be told of a call's arguments without running it."""
        named = {k.arg: self._value(k.value) for k in call.keywords if k.arg}
        function = self.names[getattr(call.func, "id", "")]
        signature = signature_of(function)
        if signature.pairs is not None:
            return {signature.pairs.name: named}
        if signature.rest is None:
            names = list(signature.parameters)
            named |= dict(zip(names, map(self._value, call.args[1:]), strict=False))
        return {name: value for name, value in named.items() if value is not _UNKNOWN}

    def _value(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Name):
            return self.names.get(node.id, _UNKNOWN)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError):
            return _UNKNOWN

    def _fault(self, node: ast.AST, message: str) -> Fault:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        return Fault(self.state.place.file, line, column, message)


def _function(step: FunctionType) -> ast.AST | None:
    """The syntax tree of *step*, with the line numbers of its file."""
    code = step.__code__
    try:
        tree = ast.parse(Path(code.co_filename).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name == step.__name__:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first <= code.co_firstlineno <= node.lineno:
                return node
    return None


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))

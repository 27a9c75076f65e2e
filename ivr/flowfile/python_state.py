"""What can be told of a state written in Python without running it.

A state may compute its outcome any way it likes.  Where it returns plain texts or the outcome of a
verb, which is nearly always, what it can return is compared with what it declares.  Whatever cannot
be told stays unsaid: a flow that is right is never refused.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from ..engine.choices import UNIVERSAL
from ..engine.codes import Code
from ..engine.effects import File, Prompt, Text, Url
from ..engine.errors import Fault, FlowError
from ..engine.flow import Flow, Place, State
from ..engine.ssml.templates import NotSsml, check_words
from ..engine.state import Act
from ..engine.verb import DECLARED, Verb
from .bind import Arguments, Signature, signature_of
from .python_tree import Tree, binds, branches, own
from .source import is_file, suggest

_UNKNOWN = object()
_FAILURES = {
    *("no_input", "no_match", "failed", "timeout", "too_short", "locked"),
    *("busy", "no_answer", "rejected", "unreachable"),
}


class _Told(dict[str, Any]):
    """Arguments as far as they can be told; asking for one that cannot is a KeyError."""

    untold: Collection[str] = ()

    def get(self, name: str, default: Any = None) -> Any:
        if name in self.untold:
            raise KeyError(name)
        return super().get(name, default)


class StateReader:
    """Reads the source of one state."""

    def __init__(
        self,
        state: State,
        step: FunctionType,
        tree: Tree,
        prompts: Collection[str] | None,
        handled: Collection[str] = (),
    ) -> None:
        self.state = state
        self._handled = handled
        self._file = step.__code__.co_filename
        self._tree = tree
        self._known = prompts
        self._names: Mapping[str, Any] = step.__globals__
        self._function = tree.function(step)
        self._body = list(own(self._function)) if self._function else []
        # A name that the state binds itself is not the module's.
        self._local = {n.id for n in self._body if isinstance(n, ast.Name) and binds(n)}
        self._local |= set(step.__code__.co_varnames) | set(step.__code__.co_freevars)
        self._calls = [
            (node, verb)
            for node in self._body
            if isinstance(node, ast.Call) and (verb := self._verb(node)) is not None
        ]

    def faults(self) -> list[Fault]:
        return [*self._wrong_outcomes(), *self._wrong_calls()]

    def warnings(self) -> list[Fault]:
        """What in its texts has no effect, and which outcomes nobody looks at."""
        unknown = [
            self._fault(node, unknown, Code.UNKNOWN_SSML)
            for prompt, node in self._prompts()
            if isinstance(prompt, Text) and not self._wrong_prompt(prompt)
            for unknown in check_words(prompt.words)
        ]
        return [*unknown, *self._ignored()]

    def _ignored(self) -> Iterator[Fault]:
        """Verbs that may have failed, where the state goes on all the same.

        What is only told somebody outside may well be lost.
        """
        for node in self._body:
            match node:
                case ast.Expr(value=ast.Await(value=ast.Call() as call)):
                    verb = self._verb(call)
                    brings = any(keyword.arg == "into" for keyword in call.keywords)
                    if verb is None or (verb.after_call and not brings):
                        continue
                    failures = (self._verb_outcomes(call) or set()) & _FAILURES
                    if failures:
                        yield self._fault(
                            node,
                            f"{verb.name} may end with {', '.join(sorted(failures))}, and nobody"
                            f" looks; expected such as: result = await {verb.name}(…), and"
                            " result.outcome",
                            Code.IGNORED_OUTCOME,
                        )

    def prompts(self) -> frozenset[Prompt]:
        """The prompts that it may play, as far as they can be told."""
        return frozenset(prompt for prompt, _ in self._prompts())

    def does(self) -> tuple[Act, ...]:
        """The verbs that it calls, as they are written; without those that hide arguments."""
        calls = sorted(self._calls, key=lambda each: (each[0].lineno, each[0].col_offset))
        return tuple(
            Act(
                verb,
                self._arguments(verb, call),
                frozenset(prompt for prompt, _ in self._prompts_of(call, verb)),
                self._place(call),
            )
            for call, verb in calls
            if all(keyword.arg for keyword in call.keywords)
        )

    def addresses(self) -> frozenset[tuple[str, Place]]:
        """Whom it may have us call, as far as that can be told, and where it says so."""
        return frozenset(
            (value, self._place(node))
            for call, verb in self._calls
            for node in self._given(call, signature_of(verb.run), signature_of(verb.run).addresses)
            for value in _each(self._value(node))
            if isinstance(value, str)
        )

    def flows(self) -> frozenset[Flow]:
        """The flows that it may call, as far as they can be told."""
        given = (
            self._value(node)
            for call, _ in self._calls
            for node in [*call.args[1:], *(keyword.value for keyword in call.keywords)]
        )
        return frozenset(value for value in given if isinstance(value, Flow))

    def target_places(self) -> dict[str, Place]:
        """Where the decorator says what each outcome leads to."""
        return {
            keyword.arg: self._place(keyword.value)
            for decorator in (self._function.decorator_list if self._function else ())
            if isinstance(decorator, ast.Call)
            for keyword in decorator.keywords
            if keyword.arg in self.state.on and keyword.arg is not None
        }

    # Outcomes.

    def _wrong_outcomes(self) -> Iterator[Fault]:
        returned: dict[str, ast.AST] = {}
        decided = self._function is not None
        for node in self._body:
            if isinstance(node, ast.Return):
                outcomes = self._outcomes(node.value)
                decided = decided and outcomes is not None
                returned |= {outcome: node for outcome in outcomes or ()}
        declared, name = self.state.on, self.state.name
        for outcome, node in returned.items():
            if outcome not in declared and outcome not in self._handled:
                names = ", ".join(declared) or "none"
                wrong = f"{name} can return {outcome!r}, declared are: {names}"
                yield self._fault(node, wrong, Code.FORGOTTEN_OUTCOME)
        for outcome in declared if decided else ():
            if outcome not in (*returned, *UNIVERSAL):
                if returned:
                    hint = suggest(outcome, returned)
                else:
                    hint = "it returns nothing; expected such as return (await say(…)).outcome"
                yield self.state.place.fault(
                    f"{name} declares {outcome!r} but never returns it; {hint}",
                    Code.UNKNOWN_OUTCOME,
                )

    def _outcomes(self, value: ast.AST | None) -> set[str] | None:
        """The outcomes that a returned expression can have; None: cannot be told."""
        match value:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.Name():
                known = self._value(value)
                return {known} if isinstance(known, str) else None
            case ast.IfExp(body=one, orelse=other):
                first, second = self._outcomes(one), self._outcomes(other)
                return None if first is None or second is None else first | second
            case ast.Attribute(value=ast.Await(value=ast.Call() as call), attr="outcome"):
                return self._verb_outcomes(call)
            case ast.Attribute(value=ast.Name(id=name), attr="outcome"):
                return self._outcomes_of(name)
        return None

    def _outcomes_of(self, name: str) -> set[str] | None:
        """Those of ``name = await verb(…)``, unless the state does more with it.

        Once it has been looked at, or handed on, some of its outcomes may have gone elsewhere.
        """
        calls, bindings, uses, returns = [], 0, 0, 0
        for node in self._body:
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=target)], value=ast.Await(value=ast.Call() as call)
                ) if target == name:
                    calls.append(call)
                case ast.Return(value=value):
                    returns += sum(_is_outcome_of(part, name) for part in branches(value))
                case ast.Attribute(value=ast.Name(id=used), attr="value" | "terminator"):
                    uses -= used == name
            if isinstance(node, ast.Name) and node.id == name:
                bindings += binds(node)
                uses += not binds(node)
            elif isinstance(node, ast.If | ast.While | ast.IfExp | ast.Match | ast.Assert):
                tested = node.subject if isinstance(node, ast.Match) else node.test
                if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(tested)):
                    return None
        if len(calls) != 1 or bindings != 1 or uses != returns:
            return None
        return self._verb_outcomes(calls[0])

    def _verb_outcomes(self, call: ast.Call) -> set[str] | None:
        verb = self._verb(call)
        return (
            None if verb is None else self._asked(verb, call, lambda told: set(verb.outcomes(told)))
        )

    # Calls of verbs.

    def _wrong_calls(self) -> Iterator[Fault]:
        for node in self._body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                verb = self._verb(node.value)
                if verb is not None:
                    wrong = f"{verb.name} does nothing without await"
                    yield self._fault(node, wrong, Code.MISSING_AWAIT)
        for call, verb in self._calls:
            wrong = self._asked(verb, call, partial(_wrong, verb))
            if wrong:
                yield self._fault(call, f"{verb.name}: {wrong}", Code.AT_ODDS)
        yield from self._wrong_prompts()

    def _wrong_prompts(self) -> Iterator[Fault]:
        for prompt, node in self._prompts():
            wrong = self._wrong_prompt(prompt)
            if wrong:
                yield self._fault(node, *wrong)

    def _wrong_prompt(self, prompt: Prompt) -> tuple[str, Code] | None:
        """What is wrong with *prompt*; None: nothing, or it cannot be told."""
        if isinstance(prompt, Text):
            try:
                check_words(prompt.words)
            except NotSsml as error:
                return str(error), Code.BAD_SSML
            except FlowError as error:
                return str(error), Code.BAD_TEMPLATE
        elif self._known is None:
            return None
        elif isinstance(prompt, File) and not is_file(Path(self._file).parent / prompt.path):
            wrong = f"no such file: {prompt.path!r}, seen from the folder of this one"
            return wrong, Code.MISSING_FILE
        elif isinstance(prompt, str) and prompt not in self._known:
            hint = suggest(prompt, sorted(self._known))
            return f"unknown prompt {prompt!r}; {hint}", Code.UNKNOWN_PROMPT
        return None

    def _asked(self, verb: Verb, call: ast.Call, question: Any) -> Any:
        """What *question* says of the arguments of *call*; None where that cannot be told."""
        if any(isinstance(a, ast.Starred) for a in call.args) and not signature_of(verb.run).rest:
            return None
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        try:
            return question(self._arguments(verb, call))
        except (KeyError, AttributeError, TypeError, ValueError):
            return None

    def _arguments(self, verb: Verb, call: ast.Call) -> _Told:
        signature = signature_of(verb.run)
        named = {k.arg: self._value(k.value) for k in call.keywords if k.arg}
        if signature.rest is None:
            values = map(self._value, call.args[1:])
            named |= dict(zip(signature.parameters, values, strict=False))
        else:
            starred = any(isinstance(each, ast.Starred) for each in call.args)
            rest = tuple(map(self._value, call.args[1:]))
            named[signature.rest.name] = _UNKNOWN if starred or _UNKNOWN in rest else rest
        if signature.pairs is not None:
            named = signature.by_name(Arguments(named=named))
        told = _Told({name: value for name, value in named.items() if value is not _UNKNOWN})
        told.untold = named.keys() - told.keys()
        return told

    def _verb(self, call: ast.Call) -> Verb | None:
        function = self._value(call.func)
        declared = getattr(function, DECLARED, None)
        return declared if isinstance(declared, Verb) else None

    def _prompts(self) -> Iterator[tuple[Prompt, ast.AST]]:
        for call, verb in self._calls:
            yield from self._prompts_of(call, verb)

    def _prompts_of(self, call: ast.Call, verb: Verb) -> Iterator[tuple[Prompt, ast.AST]]:
        signature = signature_of(verb.run)
        for node in self._given(call, signature, signature.prompts):
            yield from self._prompts_in(node)

    @staticmethod
    def _given(call: ast.Call, signature: Signature, names: Collection[str]) -> list[ast.expr]:
        """What *call* gives for the parameters *names*."""
        nodes = [k.value for k in call.keywords if k.arg in names]
        if signature.rest and signature.rest.name in names:
            nodes += call.args[1:]
        return nodes

    def _prompts_in(self, node: ast.AST) -> Iterator[tuple[Prompt, ast.AST]]:
        match node:
            case ast.IfExp(body=one, orelse=other):
                parts = [one, other]
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                pass
            case ast.Starred(value=value):
                parts = [value]
            case _:
                value = self._value(node)
                for prompt in _each(value):
                    if isinstance(prompt, Prompt):
                        yield prompt, node
                return
        for part in parts:
            yield from self._prompts_in(part)

    # Values and places.

    def _value(self, node: ast.AST) -> Any:
        """What an expression is, where that does not depend on the call."""
        match node:
            case ast.Name(id=name):
                return _UNKNOWN if name in self._local else self._names.get(name, _UNKNOWN)
            case ast.Attribute(value=ast.Name() as owner, attr=name):
                module = self._value(owner)
                return getattr(module, name, _UNKNOWN) if _is_module(module) else _UNKNOWN
            case ast.Call(func=function, args=[ast.Constant(value=str(words))], keywords=[]):
                kind = self._value(function)
                return kind(words) if kind in (Text, File, Url) else _UNKNOWN
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError):
            return _UNKNOWN

    def _place(self, node: ast.AST) -> Place:
        return self._tree.place(self._file, node)

    def _fault(self, node: ast.AST, message: str, code: Code) -> Fault:
        return self._place(node).fault(message, code)


def _wrong(verb: Verb, told: _Told) -> str:
    """What the verb finds wrong with its arguments, where it can look at each of its pairs."""
    pairs = signature_of(verb.run).pairs
    return "" if pairs and _UNKNOWN in told[pairs.name].values() else verb.check(told)


def _each(value: Any) -> Any:
    return value if isinstance(value, tuple | list) else (value,)


def _is_outcome_of(node: ast.AST | None, name: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=used), attr="outcome"):
            return used == name
    return False


def _is_module(value: object) -> bool:
    return isinstance(value, ModuleType)

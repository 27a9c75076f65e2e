"""What a flow says by itself about values: its conditions, and the constants in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeGuard

from jinja2 import TemplateSyntaxError

from ...engine.errors import FlowError
from ...engine.flow import Flow
from ...engine.mentions import names_in
from ...engine.state import Act, State
from ...engine.templates import evaluate
from ...engine.values import Value
from ...testing.troubles import texts_in
from ..lint.acts import is_python

MANY = 99
NEAR = 5
_NUMBER = re.compile(r"(?<![\w.'\"])-?\d+(?:\.\d+)?(?![\w.])")
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_WHOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_FILTER = re.compile(r"\b([A-Za-z_]\w*)\s*\|\s*([a-z_]+)")


@dataclass(slots=True)
class Constants:
    """Of one flow: `conditions` of its branches, `said` by variable what it is compared with, and
    `filters` by variable how its value is put into words; `lengths` of its PINs, and patterns of
    numbers that may be called (`keys`); `secret` are variables that a PIN is compared with, and
    `kept` the values that it has remembered, by variable."""

    conditions: tuple[str, ...] = ()
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    said: dict[str, list[Value]] = field(default_factory=dict)
    filters: dict[str, set[str]] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    secret: set[str] = field(default_factory=set)
    kept: dict[str, list[Value]] = field(default_factory=dict)
    counted: frozenset[str] | None = frozenset()
    """The variables that may count something; None: each may."""
    reach: dict[str, int] = field(default_factory=dict)
    """As far as which each variable is told apart, besides what it is compared with."""
    spoken: int = NEAR
    """The largest number that functions of the author's speak of."""
    beside: dict[str, set[str]] = field(default_factory=dict)
    """The variables that each one is computed or compared with, but for those that grow."""

    def truths(self, known: Mapping[str, Any]) -> tuple[bool | None, ...]:
        """What each condition says of these values; None: it cannot be told."""
        return tuple(self._truth(each, known) for each in self.conditions)

    def _truth(self, condition: str, known: Mapping[str, Any]) -> bool | None:
        try:
            return bool(evaluate(condition, known))
        except FlowError:
            return None

    def of(self, name: str) -> list[Value]:
        """The values of variable *name* that make a difference."""
        return self.said.get(name, [])

    def far(self, name: str, known: Mapping[str, Any]) -> Decimal:
        """How far the numbers of variable *name* are told apart among the values *known*."""
        if self.counted is None:
            return Decimal(self.spoken)
        if name not in self.counted:
            return Decimal(0)
        beside = (known.get(each) for each in self.beside.get(name, ()))
        limits = [min(Decimal(MANY), abs(Decimal(each))) for each in beside if _is_number(each)]
        said = [abs(Decimal(each)) for each in self.of(name) if _is_number(each)]
        return max(*said, *limits, Decimal(self.reach.get(name, 0)), Decimal(0))

    def is_constant(self, value: object) -> bool:
        return any(value in values for values in self.said.values())


def constants(flow: Flow) -> Constants:
    """What *flow* says, as far as it can be told without running it."""
    found = Constants()
    acts = [_as_told(act) for state in flow.states.values() for act in state.does]
    conditions: dict[str, None] = {}
    for act in acts:
        if act.verb.name == "branch":
            conditions |= dict.fromkeys(_said(act, "cases").values())
        _read(act, found)
    found.conditions = tuple(conditions)
    found.counted = _counted(flow)
    found.spoken = max(NEAR, *map(_in_code, flow.states.values()))
    _relate(flow, acts, conditions, found)
    found.names = {each: _names(each) for each in conditions}
    for condition, names in found.names.items():
        values = _values(condition)
        for name in names:
            known = found.said.setdefault(name, [])
            known += [value for value in values if value not in known]
    return found


def _as_told(act: Act) -> Act:
    """*act* with those of its arguments that can be told, as if it had no others."""
    return replace(act, arguments=dict(act.arguments))


def _read(act: Act, found: Constants) -> None:
    """Add to *found* what the arguments of *act* say."""
    arguments = act.arguments
    found.keys += [each for each in arguments.get("allow", ()) if isinstance(each, str)]
    for text in texts_in(arguments):
        for expression in (text, *_WHOLE.findall(text)):
            for name, used in _FILTER.findall(expression):
                found.filters.setdefault(name, set()).add(used)
    match act.verb.name:
        case "authenticate":
            found.secret |= _names(str(arguments.get("expected", "")))
            found.lengths += filter(None, (arguments.get("length"),))
        case "remember":
            for name, value in _kept(arguments):
                found.kept.setdefault(name, []).append(value)


def _counted(flow: Flow) -> frozenset[str] | None:
    """Those that the flow sets by itself; what a function of the author's sets, nobody knows."""
    if is_python(flow):
        return None
    acts = (act for state in flow.states.values() for act in state.does)
    return frozenset(n for a in acts if a.verb.name == "set" for n in a.arguments["values"])


def _relate(flow: Flow, acts: list[Act], conditions: Iterable[str], found: Constants) -> None:
    """Add to *found* how far variables count, by whatever is computed with them."""
    sets = [each for act in acts if act.verb.name == "set" for each in _said(act, "values").items()]
    growing = {name for name, expression in sets if name in _names(expression)}
    texts = (
        each for act in acts for text in texts_in(act.arguments) for each in _WHOLE.findall(text)
    )
    told = [(_names(each), each) for each in (*conditions, *texts)]
    told += [(names | {name}, each) for name, each in sets if (names := _names(each)) != {name}]
    told += [(frozenset({name}), str(each.default)) for name, each in flow.declared.items()]
    for names, expression in told:
        numbers = (min(MANY, abs(int(float(each)))) for each in _NUMBER.findall(expression))
        reach = max(numbers, default=0)
        for name in names:
            found.reach[name] = max(reach, found.reach.get(name, 0))
            found.beside.setdefault(name, set()).update(names - growing)


def _said(act: Act, name: str) -> dict[str, str]:
    """The expressions of *act* below *name*, as far as they can be told."""
    given = act.arguments.get(name, {})
    return {each: said for each, said in given.items() if isinstance(said, str)}


def _in_code(state: State) -> int:
    """The largest number that a function of the author's speaks of."""
    code = getattr(state.step, "__code__", None)
    if state.left is not None or code is None:
        return 0
    spoken = (*code.co_consts, *(state.step.__globals__.get(name) for name in code.co_names))
    return max((min(MANY, abs(int(each))) for each in spoken if _is_number(each)), default=0)


def _is_number(value: object) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _kept(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """What is remembered, where it is always the same; and something for what is counted."""
    for name, value in arguments.get("values", {}).items():
        if isinstance(value, Value) and "{{" not in str(value):
            yield name, value
    yield from ((name, MANY) for name in arguments.get("add", {}))


def _names(expression: str) -> frozenset[str]:
    try:
        return frozenset(names_in(expression))
    except (FlowError, TemplateSyntaxError):
        return frozenset()


def _values(condition: str) -> list[Value]:
    """The constants of *condition*, and for each number its neighbours."""
    texts: list[Value] = [one or two for one, two in _TEXT.findall(condition)]
    found: list[Value] = texts
    for number in _NUMBER.findall(_TEXT.sub("''", condition)):
        value = Decimal(number) if "." in number else int(number)
        found += [value, value - 1, value + 1]
    return found

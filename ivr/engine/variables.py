"""The variables of a flow: what each may be, and what it is at first."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal, get_args

from .effects import Given, Prompt
from .errors import FlowError
from .names import BUILTIN_NAMES, LANGUAGE
from .values import LONGEST_TEXT, Secret, Value

VariableType = Literal[
    "text", "number", "currency", "yes/no", "date", "time", "secret", "prompts", "pairs"
]
TYPES: tuple[VariableType, ...] = get_args(VariableType)
HANDED = ("prompts", "pairs")
"""What arguments of a flow can be, and no values of a call."""
_KINDS: dict[VariableType, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, Decimal),
    "currency": (int, Decimal),
    "yes/no": (bool,),
    "date": (date,),
    "time": (time,),
    "secret": (Secret,),
    "prompts": (tuple, *get_args(Prompt)),
    "pairs": (Mapping, Given),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a flow, or an argument of one: its `type`, and what it is if nobody says.

    Without a `default` it is not set at first; an argument without one must be given.  `prompts`
    are one or several, or none, and `pairs` name: text; only an argument can be either.
    """

    type: VariableType
    default: Any = None
    description: str = ""

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise FlowError(f"no type of variables: {self.type!r}; expected {', '.join(TYPES)}")
        if self.default is not None and self.wrong(self.default):
            raise FlowError(f"the default {self.wrong(self.default)}")

    def wrong(self, value: object) -> str:
        """What is wrong with *value* as one of this variable's; empty: nothing."""
        kinds = _KINDS[self.type]
        if isinstance(value, kinds) and (self.type == "yes/no" or not isinstance(value, bool)):
            return ""
        return f"is {kind_of(value)}; expected {_NAMES[self.type]}"

    def literal(self, text: str) -> Value | None:
        """*text* as a value of this type; None where it is none (an expression, perhaps)."""
        match self.type:
            case "text":
                return text
            case "number" | "currency" if _NUMBER.fullmatch(text):
                return Decimal(text) if "." in text else int(text)
            case "yes/no":
                return _TRUTH.get(text)
            case "date" | "time":
                try:
                    day = self.type == "date"
                    return date.fromisoformat(text) if day else time.fromisoformat(text)
                except ValueError:
                    return None
        return None


_LONGEST_NUMBER = 1000  # bits
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_TRUTH = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_NAMES: dict[VariableType, str] = {
    "text": "a text",
    "number": "a number",
    "currency": "an amount",
    "yes/no": "yes or no",
    "date": "a date",
    "time": "a time",
    "secret": "a secret",
    "prompts": "prompts",
    "pairs": "pairs",
}


def kind_of(value: object) -> str:
    """What *value* is, in words."""
    for type in ("yes/no", "text", "number", "date", "time", "secret", "pairs", "prompts"):
        if isinstance(value, _KINDS[type]):
            return _NAMES[type]
    return f"a {value.__class__.__name__}"


def variable_of(given: object) -> Variable:
    """What *given* declares: a variable, the name of a type, or the value that it is at first.

    Raises `FlowError`.
    """
    if isinstance(given, Variable):
        return given
    if isinstance(given, str):
        if given in TYPES:
            return Variable(given)
        close = get_close_matches(given, TYPES, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(TYPES)}"
        raise FlowError(f"no type of variables: {given!r}; {hint}")
    for type in TYPES:
        if not Variable(type).wrong(given):
            return Variable(type, given)
    raise FlowError(f"a variable cannot be {kind_of(given)}")


Declarations = Mapping[str, Variable]


class Variables(dict[str, Value]):
    """The values of a call's variables by name; those that are declared are of their type.

    `others`: whether it may have variables that nobody declared, besides the language.
    """

    def __init__(self, declared: Declarations | None = None, *, others: bool = True) -> None:
        self.declared = declared or {}
        self.others = others
        at_first = {name: each.default for name, each in self.declared.items()}
        super().__init__({name: value for name, value in at_first.items() if value is not None})

    def __setitem__(self, name: str, value: Value) -> None:
        variable = self.declared.get(name)
        if variable is not None:
            wrong = variable.wrong(value)
            if wrong:
                raise FlowError(f"the variable {name} is declared as {variable.type}; this {wrong}")
        elif not self.others and name != LANGUAGE:
            raise FlowError(undeclared(name, self.declared))
        if wrong := _unfit(name, value):
            raise FlowError(wrong)
        super().__setitem__(name, value)

    # Those of a dict would go past `__setitem__`.
    update = MutableMapping.update
    setdefault = MutableMapping.setdefault

    def __ior__(self, others: Any) -> Variables:  # type: ignore[override,misc]
        self.update(others)
        return self


def _unfit(name: object, value: object) -> str:
    """Why no call can have *name* as a variable, or *value* as one; empty: it can."""
    if not isinstance(name, str) or not name.isidentifier():
        return f"{name!r} is no name of a variable; expected such as tries or account_no"
    if name in BUILTIN_NAMES:
        return f"{name!r} is set by every call; choose another name"
    if not isinstance(value, Value | float):
        return f"the variable {name} is {kind_of(value)}; expected a text, a number, yes or no"
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return (
            f"the variable {name} is a text of {len(value)} characters; at most {LONGEST_TEXT}"
            " are allowed"
        )
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return f"the variable {name} is a number that is too large"
    return ""


def set_back(values: dict[str, Value], name: str) -> None:
    """Make *name* among *values* what it is at first: its declared default, or not set."""
    declared = values.declared.get(name) if isinstance(values, Variables) else None
    if declared is None or declared.default is None:
        values.pop(name, None)
    else:
        values[name] = declared.default


def undeclared(name: str, declared: Declarations, builtin: tuple[str, ...] = ()) -> str:
    """That there is no variable *name*, and what may have been meant."""
    known = [*declared, *builtin]
    close = get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"declared: {', '.join(known) or 'none'}"
    return f"no variable {name!r} is declared; {hint}"

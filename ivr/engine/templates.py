"""Texts and conditions, evaluated.

``"Your balance is {{ balance }}"`` is a text, ``balance > 0`` an expression; what may be in them is
said in `sandbox`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError

from .errors import FlowError
from .operands import defined, kind, limited
from .sandbox import PUT, SANDBOX, require_allowed, spoken
from .urls import percent_encoded
from .values import LONGEST_TEXT, Secret, Value

Scope = Mapping[str, Any]


# Not {{- … -}}: those signs are Jinja's, for the spaces around.
_WHOLE = re.compile(r"\{\{((?![-+])(?:(?!\{\{|\}\}).)*(?<![-+]))\}\}", re.DOTALL)
Compiled = Callable[[Mapping[str, Any]], Any]


def _compiled(source: str, parsed: str, compile: Callable[[str], Compiled]) -> Compiled:
    """Compile *source*, unless *parsed*, the same as a template, has what is not on the list."""
    if len(source) > LONGEST_TEXT:
        raise FlowError(f"a text of {len(source)} characters; at most {LONGEST_TEXT} are allowed")
    try:
        require_allowed(parsed)
        return compile(source)
    except RecursionError:
        raise FlowError(f"{_short(source)}: nested too deeply") from None
    except (TemplateError, FlowError) as error:
        raise FlowError(f"{_short(source)}: {error}") from None


def _short(source: str) -> str:
    return repr(source if len(source) <= 80 else f"{source[:79]}…")


@lru_cache(maxsize=4096)
def _template(source: str) -> Compiled:
    return _compiled(source, source, lambda text: SANDBOX.from_string(text).render)


@lru_cache(maxsize=4096)
def _expression(source: str) -> Compiled:
    return _compiled(
        source,
        "{{ (" + source + "\n) }}",
        lambda text: SANDBOX.compile_expression(text, undefined_to_none=False),
    )


def check_text(source: str) -> None:
    """Raise `FlowError` unless *source* is a well-formed text."""
    if "{" in source:
        _template(source)


def check_expression(source: str) -> None:
    """Raise `FlowError` unless *source* is a well-formed expression."""
    _expression(source)


def render(source: str, names: Scope, put: Callable[[object], str] | None = None) -> str:
    """The text *source* with its ``{{ … }}`` filled in; raises `FlowError`.

    *put* makes a part of the text out of each value; without it a secret cannot be one.
    """
    if "{" not in source:
        return source
    return limited(_evaluated(source, _template(source), {**names, PUT: put} if put else names))


def render_escaped(source: str, names: Scope, escape: Callable[[str], str]) -> str:
    """The same, with whatever is filled in made harmless by *escape*."""
    return render(source, names, lambda value: escape(spoken(value)))


def render_address(source: str, names: Scope) -> str:
    """The same of a URL: whatever is filled in stays within its own part of it."""
    return render_escaped(source, names, percent_encoded)


def render_whole(source: str, names: Scope) -> Value:
    """The same for where secrets may go: what has a secret in it is one.

    Of a text that is nothing but one ``{{ … }}`` it is the value itself: a number stays a number.
    """
    whole = _WHOLE.fullmatch(source)
    if whole:
        return evaluate(whole[1], names)
    secrets: list[Secret] = []

    def put(value: object) -> str:
        if not isinstance(value, Secret):
            return spoken(value)
        secrets.append(value)
        return value.reveal()

    text = render(source, names, put)
    return Secret(text) if secrets else text


def evaluate(source: str, names: Scope) -> Value:
    """The value of the expression *source*; raises `FlowError`."""
    compiled = _expression(source)
    return _evaluated(source, lambda names: _value(compiled(names)), names)  # type: ignore[no-any-return]


def _evaluated(source: str, compiled: Compiled, names: Mapping[str, Any]) -> Any:
    try:
        return compiled(names)
    except (FlowError, TemplateError) as error:
        raise FlowError(f"{_short(source)}: {error}") from None
    except Exception:  # whatever else a filter finds wrong is the author's
        raise FlowError(f"{_short(source)}: its values do not go together") from None


def _value(result: object) -> Value:
    defined(result)
    if isinstance(result, str):
        return limited(result)
    if not isinstance(result, Value):
        raise FlowError(f"gives {kind(result)}; expected a text, a number, yes or no")
    return result

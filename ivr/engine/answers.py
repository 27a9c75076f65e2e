"""What came of work: paths into it, and the variables that they fill.

A path is one of JMESPath: ``body.items[0].name``.  What it leads to becomes a variable if it is a
text, a number, yes or no; where it leads to nothing, the variable is what it is at first: its
declared default, or not set.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import ArityError, JMESPathError, UnknownFunctionError
from jmespath.parser import ParsedResult

from .call import Call
from .events import WorkDone
from .values import LONGEST_TEXT, Secret, Value
from .variables import set_back
from .verb import Result

_WIDEST = 100  # digits before or behind the point


@lru_cache(maxsize=1024)
def _compiled(path: str) -> ParsedResult:
    return jmespath.compile(path)


def check_path(path: str) -> None:
    """Raise `ValueError` unless *path* is a well-formed one."""
    try:
        compiled = _compiled(path)
    except JMESPathError:
        raise ValueError(f"{path!r} is no path; expected such as body.items[0].name") from None
    try:
        compiled.search({})
    except (ArityError, UnknownFunctionError) as error:
        raise ValueError(f"{path!r}: {error}") from None
    except JMESPathError:
        pass  # it does not fit an answer that has nothing in it


def conclude(
    call: Call, what: str, done: WorkDone, answer: Mapping[str, Any], into: Mapping[str, str],
    *, code: int = 0, sensitive: bool = False,
) -> Result:  # fmt: skip
    """Fill the variables of *into* from *answer*; the result of the verb *what*.

    What is not to be found leaves its variable as it is at first: its default, or unset.  With
    *sensitive* what is found is secret.
    """
    outcome, reason = done.outcome, done.reason
    for name, path in into.items():
        set_back(call.vars, name)
        try:
            value = _value(_compiled(path).search(answer))
        except JMESPathError:  # whose words have parts of the answer in them
            outcome, reason = "failed", f"{path}: does not fit what came"
            continue
        except ValueError as error:
            outcome, reason = "failed", f"{path}: {error}"
            continue
        if value is not None:
            if isinstance(value, Secret):
                value = call.keep_secret(value.reveal())
            elif sensitive:
                value = call.keep_secret(str(value))
            call.vars[name] = value
    call.note(what, " ".join(filter(None, (outcome, str(code or ""), reason))))
    return Result(outcome, code=code, reason=reason)


def _value(found: Any) -> Value | None:
    """*found* as a variable.  Raises `ValueError`."""
    match found:
        case list() | tuple() | Mapping():
            raise ValueError("leads to a list or pairs; a variable is a text, a number, yes or no")
        case float():
            return _value(Decimal(str(found)))
        case int() | Decimal() if not isinstance(found, bool):
            number = Decimal(found)
            if not number.is_finite() or not -_WIDEST <= number.adjusted() <= _WIDEST:
                raise ValueError("a number that is too large or too small")
        case str() if len(found) > LONGEST_TEXT:
            raise ValueError(f"a text of {len(found)} characters; at most {LONGEST_TEXT}")
    return found  # type: ignore[no-any-return]

"""Several things in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..errors import FlowError
from .cldr import locale_of

LONGEST = 100  # things; no caller follows more


def listed(value: object, language: str, between: str = "and") -> str:
    """`a, b and c`; ``list('or')``: `a, b or c`."""
    if not isinstance(value, list | tuple):
        raise FlowError("list needs several things, such as [a, b] | list")
    if between not in ("and", "or"):
        raise FlowError(f"list({between!r}): expected 'and' or 'or'")
    if len(value) > LONGEST:
        raise FlowError(f"a list of {len(value)} things; at most {LONGEST} can be said")
    for item in value:
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise FlowError("list says texts and whole numbers; for others, say their fields")
    return joined([str(item) for item in value], language, "or" if between == "or" else "standard")


def joined(
    parts: Sequence[str], language: str, style: Literal["standard", "or"] = "standard"
) -> str:
    """*parts* as CLDR puts them into a row."""
    from babel.lists import format_list

    return format_list(parts, style=style, locale=locale_of(language))

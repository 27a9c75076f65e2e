"""Words that some callers hear in a language that is not theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...engine.codes import Code
from ...engine.effects import Text
from ...engine.errors import Fault
from ...engine.flow import Flow
from ...engine.names import LANGUAGE
from ...engine.saying.tongues import base_of
from .acts import Look, Untold, acts, told

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{2}")


def words_of_one_language(look: Look) -> Iterator[Fault]:
    """Texts in a flow of several languages, which are said to all callers as they stand.

    Where a flow sets the language itself its states may well be divided by it.
    """
    flow = look.flow
    languages = flow.languages or (() if flow.language else flow.house.languages)
    if len(set(map(base_of, languages))) < 2 or sets_language(flow):
        return
    for _, act in acts(flow):
        words = [each.words for each in act.prompts if isinstance(each, Text)]
        said = [each for each in sorted(words) if _LETTERS.search(_FILLED_IN.sub("", each))]
        if said:
            yield act.place.fault(
                f"{act.verb.name}: {_short(said[0])!r} is said in one language to callers in"
                f" {' and '.join(sorted(languages))}; make it a prompt, with a text in"
                " each of them",
                Code.WORDS_OF_ONE_LANGUAGE,
            )


def _short(words: str) -> str:
    return words if len(words) <= 40 else f"{words[:39]}…"


def sets_language(flow: Flow) -> bool:
    """Whether callers may go on in another language than they came with."""
    for _, act in acts(flow):
        try:
            if LANGUAGE in (told(act, "values", ()) or ()) or LANGUAGE in (told(act, "into") or ()):
                return True
        except Untold:
            continue
    return False

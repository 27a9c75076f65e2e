"""The forms of a word that go with numbers, by CLDR's plural categories."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from .cldr import category, locale_of

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_TRIED = 201  # whole numbers from 0: with them each language has shown all that it counts with


@lru_cache(maxsize=256)
def needed(language: str) -> frozenset[str]:
    """The categories that whole numbers have in *language*."""
    return frozenset(category(number, language) for number in range(_TRIED))


def lacking(given: Collection[str], languages: Iterable[str]) -> str:
    """What *given*, the categories of a word, lacks to be complete in one of *languages*.

    Which of them a text is written in nobody says; it is none that does not know these categories.
    """
    each = [language for language in languages if language]
    fitting = [language for language in each if {*given} <= _known(language)] or each
    lacks = [(needed(language) - {*given}, language) for language in fitting]
    if not lacks or not all(missing for missing, _ in lacks):
        return ""
    missing, language = min(lacks, key=lambda lack: len(lack[0]))
    named = " and ".join(name for name in CATEGORIES if name in missing)
    forms = ", ".join(f"{name}=…" for name in CATEGORIES if name in needed(language))
    return f"plural lacks {named}, which {language} has; expected plural({forms})"


def _known(language: str) -> set[str]:
    return {"other", *locale_of(language).plural_form.tags}

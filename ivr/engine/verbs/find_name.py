"""Find a name by the keys that spell it."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

from ..call import Call
from ..errors import FlowError
from ..handed import pairs_of
from ..verb import Arguments, Doc, Expression, Pairs, Result, TemplateText, Variable, verb

LONGEST_DIRECTORY = 10_000  # names; at most so many are looked at in a call's thread
APOSTROPHES = "'\u2019"
_GROUPS = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv"}
_GROUPS["9"] = "wxyz"
_KEYS = {letter: key for key, letters in _GROUPS.items() for letter in letters}  # ITU-T E.161
_SPELT = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"}
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}


def _check(arguments: Arguments) -> str:
    return _too_many(len(arguments["among"])) if isinstance(arguments["among"], dict) else ""


@verb("find_name", ("found", "none"), goes_on="found", check=_check)
async def find_name(
    call: Call,
    spelled: Annotated[TemplateText, Doc("the keys pressed, such as {{ keys }}: 2 is A, B or C")],
    among: Annotated[Pairs, Doc("name: number, such as Ann Smith: 601, or the file with them")],
    skip: Annotated[Expression, Doc("how many of those that fit to pass over")] = "0",
    name: Annotated[Variable, Doc("variable that receives the name")] = "name",
    number: Annotated[Variable, Doc("variable that receives its number")] = "number",
    matches: Annotated[Variable, Doc("variable that receives how many names fit")] = "matches",
) -> Result:
    """Find the names that are spelled by these keys, and take the first of them, or a later one.

    A name fits if the keys spell how it begins, in full or from any word of it on: `7648` is Ann
    Smith, and so is `266`.  Accents are left out, an umlaut may be spelled either way.  The names
    are in the order of the alphabet.
    """
    directory, keys, passed = pairs_of(among, call.given), call.text(spelled), call.evaluate(skip)
    if not isinstance(passed, int) or passed < 0:
        raise FlowError(f"skip: {skip!r} is {passed}; expected 0 or more")
    if wrong := _too_many(len(directory)):
        raise FlowError(wrong)
    found = sorted((each for each in directory if _fits(each, keys)), key=str.casefold)
    call.vars[matches] = len(found)
    call.note("find_name", f"{keys}: {len(found)}")
    if passed >= len(found):
        return Result("none")
    call.vars[name], call.vars[number] = found[passed], directory[found[passed]]
    return Result("found", directory[found[passed]])


def _too_many(names: int) -> str:
    most = LONGEST_DIRECTORY
    return f"{names} names; at most {most} can be looked up here" if names > most else ""


def _fits(name: str, keys: str) -> bool:
    return bool(keys) and any(spelling.startswith(keys) for spelling in _spellings(name))


@lru_cache(maxsize=LONGEST_DIRECTORY)
def _spellings(name: str) -> frozenset[str]:
    """The keys of *name*, from its first word on, and from each later one."""
    found = set[str]()
    for plain in _plain(name):
        words = plain.split()
        found |= {_keys("".join(words[first:])) for first in range(len(words))}
        found.add(_keys("".join(reversed(words))))
    return frozenset(found)


def _plain(name: str) -> Iterator[str]:
    """*name* in letters without accents: an umlaut as one of them, and as two."""
    lower = unicodedata.normalize("NFC", name.lower())
    for umlauts in ({}, _UMLAUTS):
        letters = "".join(umlauts.get(sign) or _SPELT.get(sign, sign) for sign in lower)
        bare = filter(_is_no_accent, unicodedata.normalize("NFKD", letters))
        yield "".join(sign if sign.isalnum() else " " for sign in bare)


def _is_no_accent(sign: str) -> bool:
    return not unicodedata.combining(sign) and sign not in APOSTROPHES


def _keys(letters: str) -> str:
    return "".join(_KEYS.get(sign, sign) for sign in letters)

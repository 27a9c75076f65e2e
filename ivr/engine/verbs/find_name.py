"""Find a name by the keys that spell it."""

from collections.abc import Mapping
from typing import Annotated

from ..call import Call
from ..directory import Directory
from ..errors import FlowError
from ..handed import pairs_of
from ..verb import Arguments, Doc, Expression, Pairs, Result, TemplateText, Variable, verb

LONGEST_DIRECTORY = 10_000  # names
LONGEST_PLAIN = 500  # of pairs that are spelled in the call, as they are no directory


def _check(arguments: Arguments) -> str:
    return _too_many(arguments["among"]) if isinstance(arguments["among"], Mapping) else ""


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
    pairs, keys, passed = pairs_of(among, call.given), call.text(spelled), call.evaluate(skip)
    if not isinstance(passed, int) or passed < 0:
        raise FlowError(f"skip: {skip!r} is {passed}; expected 0 or more")
    if wrong := _too_many(pairs):
        raise FlowError(wrong)
    directory = pairs if isinstance(pairs, Directory) else Directory(pairs)
    found = directory.spelled(keys)
    call.vars[matches] = len(found)
    call.note("find_name", f"{keys}: {len(found)}")
    if passed >= len(found):
        return Result("none")
    call.vars[name], call.vars[number] = found[passed], directory[found[passed]]
    return Result("found", directory[found[passed]])


def _too_many(pairs: Mapping[str, str]) -> str:
    names = len(pairs)
    if names > LONGEST_DIRECTORY:
        return f"{names} names; at most {LONGEST_DIRECTORY} can be looked up here"
    if names > LONGEST_PLAIN and not isinstance(pairs, Directory):
        return f"{names} names; make them a Directory once, outside the states: Directory(people)"
    return ""

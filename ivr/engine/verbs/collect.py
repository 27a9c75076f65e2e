"""Take digits."""

from typing import Annotated

from ..builtins import Builtin, Type, builtin
from ..call import Call
from ..digits import LONGEST_ENTRY, Digits
from ..effects import Prompt
from ..entry import Reprompts, Rules, ask_for
from ..phase import KEYS
from ..values import Secret
from ..verb import (
    Arguments,
    BargeIn,
    Count,
    Doc,
    KeySet,
    Outcomes,
    Prompts,
    Range,
    Result,
    Seconds,
    TypeAhead,
    Variable,
    verb,
)

Length = Annotated[int, Range(1, LONGEST_ENTRY)]
# `*` is part of these entries: the decimal point, or the sign before an extension.
_STAR_TYPES = ("number", "currency", "phone")


def _outcomes(arguments: Arguments) -> Outcomes:
    """`done`, `empty` (with `allow_empty`), `no_input`, `no_match`"""
    empty = ("empty",) if arguments.get("allow_empty") else ()
    return ("done", *empty, "no_input", "no_match")


def _check(arguments: Arguments) -> str:
    type_ = arguments.get("type", "digits")
    sized = [name for name in ("length", "min", "max") if arguments.get(name) is not None]
    if sized and type_ != "digits":
        return f"{sized[0]} goes with type: digits, not with {type_}"
    if "length" in sized and len(sized) > 1:
        return f"length is exact; leave {sized[1]} out"
    if (arguments.get("min") or 1) > (arguments.get("max") or LONGEST_ENTRY):
        return "min is more than max"
    part = "0123456789" + ("*" if type_ in _STAR_TYPES else "")
    both = set(part) & set(arguments.get("terminators", "#"))
    if both:
        return f"the terminator {min(both)!r} can be part of the entry; expected # or * or none"
    return ""


@verb("collect", _outcomes, goes_on="done", check=_check, standing=KEYS)
async def collect(
    call: Call,
    *prompts: Annotated[Prompt, Doc("the question")],
    into: Annotated[Variable, Doc("variable that receives the value; stays unset on failure")],
    type: Annotated[
        Type, Doc("digits and phone give a text, others a value of their type; see below")
    ] = ("digits"),
    length: Annotated[Length | None, Doc("exact number of digits")] = None,
    min: Annotated[Length | None, Doc("least number of digits; default 1")] = None,
    max: Annotated[Length | None, Doc("most digits; the entry ends there")] = None,
    terminators: Annotated[KeySet, Doc("keys that end the entry; not part of it")] = "#",
    allow_empty: Annotated[bool, Doc("a terminator alone is the outcome empty")] = False,
    attempts: Annotated[Count, Doc("how often to ask in all")] = 3,
    max_no_input: Annotated[Count | None, Doc("how many silences to accept")] = None,
    max_no_match: Annotated[Count | None, Doc("how many wrong entries to accept")] = None,
    first_digit: Annotated[Seconds, Doc("wait for the first key after the question")] = 5.0,
    inter_digit: Annotated[Seconds, Doc("wait for each further key")] = 3.0,
    terminator_timeout: Annotated[Seconds, Doc("wait for a terminator after the last key")] = 0.0,
    total: Annotated[Seconds | None, Doc("from the first key; then the next key is the last")] = (
        None
    ),
    barge_in: Annotated[BargeIn, Doc("what cuts the question short")] = "any",
    type_ahead: Annotated[
        TypeAhead | None, Doc("whether keys pressed before count; default keep, sensitive: flush")
    ] = None,
    sensitive: Annotated[bool, Doc("keep the value secret: masked wherever it could show")] = False,
    no_input_prompts: Annotated[Prompts, Doc("said before asking again after silence")] = (),
    no_match_prompts: Annotated[Prompts, Doc("said before asking again after a wrong entry")] = (),
    unfinished_prompts: Annotated[Prompts, Doc("the same, where the entry was too short")] = (),
) -> Result:
    """Ask until the caller has typed an acceptable entry, or the attempts are used up.

    `date` is YYYYMMDD, `time` H, HH, HMM or HHMM on a clock of 24 hours; `boolean` is 1 for yes and
    2 for no; in `number` and `currency` the star is the decimal point, in `phone` it comes before
    an extension.
    """
    accepts = _accepts(type, length, min, max)
    entry = await ask_for(
        call,
        prompts,
        Rules(
            accepts.matcher,
            barge_in,
            first_digit,
            inter_digit,
            terminator_timeout,
            total,
            terminators,
            allow_empty,
            sensitive,
            flush=(type_ahead or ("flush" if sensitive else "keep")) == "flush",
        ),
        Reprompts(
            attempts,
            max_no_input,
            max_no_match,
            no_input_prompts,
            no_match_prompts,
            unfinished_prompts,
        ),
    )
    value = call.keep_secret(entry.value) if sensitive else entry.value
    if entry.how != "typed":
        return Result(entry.how, value, entry.terminator)
    call.vars[into] = value if isinstance(value, Secret) else accepts.value(value)
    return Result("done", value, entry.terminator)


def _accepts(type: Type, length: int | None, min: int | None, max: int | None) -> Builtin:
    if type != "digits":
        return builtin(type)
    return Builtin(Digits(length or min or 1, length or max or LONGEST_ENTRY), str)

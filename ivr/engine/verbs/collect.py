"""Take digits."""

from typing import Annotated

from ..builtins import Builtin, Type, builtin
from ..call import Call
from ..codes import Code
from ..digits import LONGEST_ENTRY, Digits
from ..doubt import beyond_doubt, heard_in_doubt, said_of_speech
from ..effects import Prompt
from ..entry import Entry, Reprompts, Rules, Ruling, ask_for, never_reached
from ..errors import FlowError
from ..key_patterns import key_patterns, matcher_of
from ..phase import KEYS
from ..read_back import ReadBack, which_keys
from ..saying.tongues import DEFAULT
from ..speech import PLAIN, Listening, listened, wrong_with
from ..spoken import keys_of, loop_words, phrases
from ..validators import Candidate, CannotTell, Validators, is_valid, unfit
from ..verb import (
    Arguments,
    BargeIn,
    Count,
    Doc,
    KeyPattern,
    KeySet,
    Outcomes,
    Prompts,
    Range,
    Result,
    Seconds,
    TypeAhead,
    Variable,
    Wrong,
    verb,
)
from ..work import WhileWaiting
from ..yes_or_no import YesOrNo, same_keys

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
    patterns = arguments.get("patterns") or ()
    if patterns and (sized or type_ != "digits"):
        return f"patterns say it all; leave {sized[0] if sized else 'type'} out"
    if "length" in sized and len(sized) > 1:
        return f"length is exact; leave {sized[1]} out"
    if (arguments.get("min") or 1) > (arguments.get("max") or LONGEST_ENTRY):
        return "min is more than max"
    both = _part_of(arguments) & set(arguments.get("terminators", "#"))
    if both:
        return f"the terminator {min(both)!r} can be part of the entry; expected # or * or none"
    if arguments.get("read_back") and arguments.get("sensitive"):
        return "what is sensitive cannot be read back; leave read_back out"
    speech = arguments.get("speech", False)
    if speech and arguments.get("sensitive"):
        return Wrong(
            "what is secret is not recognised; leave speech out, or sensitive", Code.SPOKEN_SECRET
        )
    if speech:
        loop_words(type_, DEFAULT)  # read now, and not in the first call
    wrong = wrong_with(speech) or same_keys(arguments.get("yes", "1"), arguments.get("no", "2"))
    wrong = wrong or never_reached(arguments)
    return wrong or unfit(arguments.get("validate") or (), type_, _lengths(arguments))


def _lengths(arguments: Arguments) -> range:
    """The numbers of digits that the entry can have."""
    length = arguments.get("length")
    least, most = length or arguments.get("min") or 1, length or arguments.get("max")
    return range(least, (most or LONGEST_ENTRY) + 1)


def _part_of(arguments: Arguments) -> set[str]:
    """The keys that can be part of the entry."""
    type_, patterns = arguments.get("type", "digits"), arguments.get("patterns") or ()
    if type_ == "boolean":
        return set(arguments.get("yes", "1") + arguments.get("no", "2"))
    if patterns:
        parts = [part for text in patterns if "{" not in text for part in key_patterns(text)]
        return {key for part in parts for place in part.places for key in place}
    return set("0123456789" + ("*" if type_ in _STAR_TYPES else ""))


def _builds(arguments: Arguments, language: str) -> Prompts:
    yes, no = arguments.get("yes", "1"), arguments.get("no", "2")
    heard = said_of_speech(arguments.get("speech", False), (), language, yes, no)
    return (which_keys(language, yes, no), *heard) if arguments.get("read_back") else heard


def _listens(arguments: Arguments, language: str) -> tuple[str, ...]:
    type_, speech = arguments.get("type", "digits"), arguments.get("speech", False)
    asked = phrases("boolean", language) if arguments.get("read_back") else ()
    if not speech:
        return asked
    entry = (*phrases(type_, language), *loop_words(type_, language))
    return (*entry, *asked, *heard_in_doubt(speech, language))


@verb(
    "collect",
    _outcomes,
    goes_on="done",
    check=_check,
    standing=KEYS,
    builds=_builds,
    listens=_listens,
)
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
    patterns: Annotated[
        tuple[KeyPattern, ...],
        Doc("the shapes it may have, such as 49XXXX, [2-9]XX, 0Z. or a range, 100-250"),
    ] = (),
    yes: Annotated[KeySet, Doc("the key for yes, of a boolean and when it is read back")] = "1",
    no: Annotated[KeySet, Doc("the key for no")] = "2",
    validate: Annotated[
        Validators, Doc("what it must be besides: luhn, ean, future, {from: 1, to: 31}, …")
    ] = (),
    while_waiting: Annotated[
        WhileWaiting | None, Doc("what is heard while a Python function validates it")
    ] = None,
    read_back: Annotated[
        Prompts, Doc("said with the entry in it, and whether it is right is asked")
    ] = (),
    read_back_attempts: Annotated[Count, Doc("how often that is asked, and may be denied")] = 3,
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
    invalid_prompts: Annotated[Prompts, Doc("the same, where validate turned it down")] = (),
    again_prompts: Annotated[
        Prompts, Doc("said in place of the question when it is asked again")
    ] = (),
    speech: Annotated[Listening, Doc("whether and how the entry may be spoken")] = False,
) -> Result:
    """Ask until the caller has typed an acceptable entry, or the attempts are used up.

    `date` is YYYYMMDD, `time` H, HH, HMM or HHMM on a clock of 24 hours; `boolean` is a key for yes
    and one for no; in `number` and `currency` the star is the decimal point, in `phone` it comes
    before an extension.  What is spoken becomes the keys that would have said the same.

    `validate` is `luhn`, `verhoeff`, `ean` or `imei` (a check digit), `future` or `past` (a date),
    a range such as `{from: today, to: 2030-12-31, zone: Europe/Berlin}` or `{to: 500}`, a Python
    function, `{python: "checks:member"}`, that is given `value` and says yes or no, or a list of
    these.  What is turned down counts as a wrong entry.  Where the function fails the outcome is
    `no_match` at once, and the `reason` failed or timeout.
    """
    accepts = _accepts(type, length, min, max, call.patterns(patterns), yes, no)
    ear = None if sensitive else listened(speech)
    answers = YesOrNo(yes, no, speech=ear or PLAIN)
    reading = ReadBack(call, into, read_back, answers, read_back_attempts)
    today = call.time.astimezone(call.zone).date()
    given_up = ""

    async def judge(entry: Entry) -> Entry | Ruling:
        nonlocal given_up
        if entry.how == "empty":
            return entry
        value = accepts.value(entry.value)
        given = call.keep_secret(entry.value) if sensitive else value
        candidate = Candidate(entry.value, value, given)
        try:
            if not await is_valid(call, candidate, validate, while_waiting):
                return "invalid"
        except CannotTell as error:
            given_up = str(error)
            return Entry("no_match", entry.value, entry.terminator)
        if read_back:
            return await reading.confirmed(entry, given)
        call.vars[into] = given
        return entry

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
            words=phrases(type, call.language) if ear else (),
            loop=loop_words(type, call.language) if ear else (),
            speech=ear or PLAIN,
            understand=lambda text: keys_of(type, text, call.language, today, yes, no),
            means_keys=True,
        ),
        Reprompts(
            attempts,
            max_no_input,
            max_no_match,
            no_input_prompts,
            no_match_prompts,
            unfinished_prompts,
            invalid_prompts,
            again_prompts,
        ),
        judge if read_back else beyond_doubt(call, judge, answers),
    )
    value = call.keep_secret(entry.value) if sensitive else entry.value
    outcome = "done" if entry.how in ("typed", "heard") else entry.how
    return Result(outcome, value, entry.terminator, reason=given_up)


def _accepts(
    type: Type,
    length: int | None,
    min: int | None,
    max: int | None,
    patterns: tuple[str, ...],
    yes: str,
    no: str,
) -> Builtin:
    if patterns:
        try:
            return Builtin(matcher_of(patterns), str)
        except ValueError as error:
            raise FlowError(str(error)) from None
    if type == "boolean":
        return builtin(type, {"y": yes, "n": no})
    if type != "digits":
        return builtin(type)
    return Builtin(Digits(length or min or 1, length or max or LONGEST_ENTRY), str)

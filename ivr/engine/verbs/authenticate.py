"""Ask for a PIN."""

from typing import Annotated, Any, Literal

from ..call import Call
from ..digits import LONGEST_ENTRY, Digits
from ..effects import Prompt
from ..entry import Entry, Reprompts, Rules, ask_for
from ..errors import FlowError
from ..phase import KEYS
from ..values import Secret
from ..verb import (
    Arguments,
    Count,
    Doc,
    Expression,
    KeySet,
    Prompts,
    Range,
    Result,
    Seconds,
    TemplateText,
    verb,
)
from ..work import work
from .collect import Length

STORE = 3.0  # seconds in which failures must have been counted
FAILURES = "failures"


def _check(arguments: Arguments) -> str:
    if arguments.get("length") and (arguments.get("min") or arguments.get("max")):
        return "length is exact; leave min and max out"
    if (arguments.get("min") or 1) > (arguments.get("max") or LONGEST_ENTRY):
        return "min is more than max"
    if any(key in "0123456789" for key in arguments.get("terminators", "#")):
        return "a digit can be part of the PIN; expected # or * or none as terminators"
    return ""


@verb("authenticate", ("ok", "failed", "locked"), goes_on="ok", check=_check, standing=KEYS)
async def authenticate(
    call: Call,
    *prompts: Annotated[Prompt, Doc("the question")],
    expected: Annotated[Expression, Doc("the right PIN: an expression that gives it as a text")],
    account: Annotated[
        TemplateText, Doc("whose failures are counted; empty: those of the caller's number")
    ] = "",
    length: Annotated[Length | None, Doc("exact number of digits")] = None,
    min: Annotated[Length | None, Doc("least number of digits; default 1")] = None,
    max: Annotated[Length | None, Doc("most digits; the entry ends there")] = None,
    attempts: Annotated[Count, Doc("how often to ask in one call")] = 3,
    max_failures: Annotated[Count, Doc("wrong PINs, in all calls, after which it is locked")] = 5,
    locked_for: Annotated[
        Annotated[Seconds, Range(1)], Doc("how long, from the last wrong PIN")
    ] = 900.0,
    terminators: Annotated[KeySet, Doc("keys that end the PIN; not part of it")] = "#",
    first_digit: Annotated[Seconds, Doc("wait for the first key after the question")] = 5.0,
    inter_digit: Annotated[Seconds, Doc("wait for each further key")] = 3.0,
    no_input_prompts: Annotated[Prompts, Doc("said before asking again after silence")] = (),
    no_match_prompts: Annotated[Prompts, Doc("the same, after what can be no PIN")] = (),
    wrong_prompts: Annotated[Prompts, Doc("the same, after a wrong PIN")] = (),
) -> Result:
    """Ask for a PIN and compare it with the right one; the caller never learns how close he was.

    What is typed is a secret: masked in the journal and in recordings, and in no variable.  Wrong
    PINs are counted for the account across calls; once there are `max_failures`, the outcome is
    `locked`, for that long without a question.  Each PIN is counted before it is looked at, so that
    neither hanging up nor many calls at once give a further try.  Where failures cannot be counted
    nobody is let in: `failed`.  The `reason` is then failed or timeout; it is no_input or no_match
    where no PIN was typed, and empty after a wrong one.
    """
    right = _expected(call, expected)
    scope = f"authenticate:{call.text(account) or f'caller:{call.caller}'}"
    known, wrong = await _stored(call, "recall", {"scope": scope, "names": [FAILURES]})
    if wrong:
        return Result("failed", reason=wrong)
    if _count(known) >= max_failures:
        return Result("locked")
    end = Result("failed")

    async def judge(entry: Entry) -> Entry | Literal["invalid"]:
        nonlocal end
        order = {"scope": scope, "values": {}, "seconds": locked_for, "add": {FAILURES: 1}}
        counted, wrong = await _stored(call, "remember", order)
        if wrong:
            end = Result("failed", reason=wrong)
        elif _count(counted) > max_failures:
            end = Result("locked")
        elif right == entry.value and right.reveal():
            await _stored(call, "remember", {**order, "values": {FAILURES: 0}, "add": {}})
            end = Result("ok")
        elif _count(counted) == max_failures:
            end = Result("locked")
        else:
            return "invalid"
        return Entry("empty")

    entry = await ask_for(
        call,
        prompts,
        Rules(
            Digits(length or min or 1, length or max or LONGEST_ENTRY),
            "any",
            first_digit,
            inter_digit,
            terminators=terminators,
            sensitive=True,
            flush=True,
        ),
        Reprompts(
            attempts,
            no_input=no_input_prompts,
            no_match=no_match_prompts,
            invalid=wrong_prompts,
        ),
        judge,
    )
    if entry.failed:
        end = Result("failed", reason="" if entry.invalid else entry.how)
    call.note("authenticate", end.outcome)
    return end


def _expected(call: Call, expression: str) -> Secret:
    value = call.evaluate(expression)
    if isinstance(value, str):
        return call.keep_secret(value)
    if not isinstance(value, Secret):
        raise FlowError(f"{expression!r} gives no text; a PIN is one: 0042 is not 42")
    return value


async def _stored(call: Call, job: str, order: dict[str, Any]) -> tuple[Any, str]:
    """What the store says, or why it says nothing."""
    done = await work(call, job, order, STORE)
    if done.outcome == "ok":
        return done.value, ""
    call.note("not_counted", done.reason or done.outcome)
    return None, done.outcome


def _count(values: Any) -> int:
    count = values.get(FAILURES, 0) if isinstance(values, dict) else 0
    return count if isinstance(count, int) else 0

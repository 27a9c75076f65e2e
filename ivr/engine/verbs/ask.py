"""Offer choices: a menu."""

from typing import Annotated

from ..call import Call
from ..choices import Choices
from ..effects import Prompt
from ..entry import Reprompts, Rules, ask_for
from ..events import Heard
from ..phase import KEYS
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
    verb,
)


def _outcomes(arguments: Arguments) -> Outcomes:
    """each choice's name, `no_input`, `no_match`"""
    return (*arguments["choices"].names, "no_input", "no_match")


def _check(arguments: Arguments) -> str:
    both = set("".join(arguments["choices"].by_key)) & set(arguments.get("terminators") or "")
    if both:
        return f"the terminator {min(both)!r} is also part of a choice; leave one of the two out"
    return ""


@verb("ask", _outcomes, check=_check, standing=KEYS)
async def ask(
    call: Call,
    *prompts: Annotated[Prompt, Doc("the question")],
    choices: Annotated[Choices, Doc("name of each choice, and the keys and words that mean it")],
    attempts: Annotated[Count, Doc("how often to ask in all")] = 3,
    max_no_input: Annotated[Count | None, Doc("how many silences to accept")] = None,
    max_no_match: Annotated[Count | None, Doc("how many wrong answers to accept")] = None,
    first_digit: Annotated[Seconds, Doc("wait for an answer after the question")] = 5.0,
    inter_digit: Annotated[Seconds, Doc("wait for a further key")] = 3.0,
    terminators: Annotated[
        KeySet | None, Doc("keys that end an answer of several keys; default # if no choice has it")
    ] = None,
    barge_in: Annotated[BargeIn, Doc("what cuts the question short")] = "any",
    type_ahead: Annotated[TypeAhead, Doc("whether keys pressed before count")] = "keep",
    no_input_prompts: Annotated[Prompts, Doc("said before asking again after silence")] = (),
    no_match_prompts: Annotated[Prompts, Doc("said before asking again after a wrong answer")] = (),
    confidence: Annotated[float, Range(0, 1), Doc("least confidence for spoken answers")] = 0.5,
) -> Result:
    """Ask until the caller picks a choice, by key or by word, or the attempts are used up.

    The outcome is the choice's name; `value` the keys or words.
    """
    if terminators is None:
        terminators = "" if "#" in choices.by_key else "#"

    def understand(heard: Heard) -> str | None:
        return choices.said(heard.text) if heard.confidence >= confidence else None

    entry = await ask_for(
        call,
        prompts,
        Rules(
            choices.keys,
            barge_in,
            first_digit,
            inter_digit,
            terminators=terminators,
            flush=type_ahead == "flush",
            words=choices.words,
            understand=understand,
        ),
        Reprompts(attempts, max_no_input, max_no_match, no_input_prompts, no_match_prompts),
    )
    if entry.how == "typed":
        return Result(choices.by_key[entry.value], entry.value, entry.terminator)
    return Result(entry.value if entry.how == "heard" else entry.how, entry.value, entry.terminator)

"""Offer choices: a menu."""

from typing import Annotated, Literal

from ..call import Call
from ..choices import NO_CHOICES, Choices, with_universal
from ..doubt import beyond_doubt, heard_in_doubt, said_of_speech
from ..effects import Prompt
from ..entry import Entry, Reprompts, Rules, ask_for, never_reached
from ..errors import FlowError
from ..phase import KEYS
from ..sentences import menu
from ..speech import PLAIN, Listening, listened, wrong_with
from ..verb import (
    OPTIONAL,
    Arguments,
    BargeIn,
    Count,
    Doc,
    KeySet,
    Outcomes,
    Prompts,
    Result,
    Seconds,
    TypeAhead,
    Variable,
    verb,
)
from ..yes_or_no import YesOrNo


def _outcomes(arguments: Arguments) -> Outcomes:
    """each choice's name, `no_input`, `no_match`; and those of the flow's universal choices"""
    return (*arguments["choices"].names, "no_input", "no_match")


def _check(arguments: Arguments) -> str:
    speech = arguments.get("speech", True)
    mute = [name for name, choice in arguments["choices"].table.items() if not choice.keys]
    if mute and speech is False:
        return f"{mute[0]} can only be said, and nothing is listened for; give it a key"
    return wrong_terminator(arguments) or wrong_with(speech) or never_reached(arguments)


def wrong_terminator(arguments: Arguments, others: Choices = NO_CHOICES) -> str:
    """Which terminator is a key of a choice, too, or of one of *others*, the universal ones."""
    own, terminators = arguments["choices"], set(arguments.get("terminators") or "")
    offered = with_universal(own, others) if arguments.get("universal", True) else own
    if both := terminators & offered.key_signs:
        whose = "a choice" if both & own.key_signs else "a universal choice"
        return f"the terminator {min(both)!r} is also part of {whose}; leave one of the two out"
    return ""


def _builds(arguments: Arguments, language: str) -> Prompts:
    choices, speech = arguments["choices"], arguments.get("speech", True)
    heard = said_of_speech(speech, choices.words, language) if choices.words else ()
    if arguments.get("prompts") or arguments.get("silent"):
        return heard
    return (menu(choices, language), *heard)


def _listens(arguments: Arguments, language: str) -> tuple[str, ...]:
    words, speech = arguments["choices"].words, arguments.get("speech", True)
    return (*words, *heard_in_doubt(speech, language)) if speech and words else ()


@verb("ask", _outcomes, check=_check, standing=KEYS, builds=_builds, listens=_listens)
async def ask(
    call: Call,
    *prompts: Annotated[
        Prompt, OPTIONAL, Doc("the question; without one it is built from the choices")
    ],
    choices: Annotated[Choices, Doc("name of each choice, and the keys and words that mean it")],
    into: Annotated[Variable | None, Doc("variable that receives the keys or words")] = None,
    silent: Annotated[bool, Doc("build no question, where there is none")] = False,
    universal: Annotated[bool, Doc("offer the universal choices of the flow, too")] = True,
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
    again_prompts: Annotated[
        Prompts, Doc("said in place of the question when it is asked again")
    ] = (),
    speech: Annotated[
        Listening, Doc("whether and how the words of choices are listened for")
    ] = True,
) -> Result:
    """Ask until the caller picks a choice, by key or by word, or the attempts are used up.

    The outcome is the choice's name; `value` the keys or words.

    Keys may be given as a range (`2-5`) or a pattern (`6XX`: X is 0-9, Z 1-9, N 2-9, `[1-3]` any of
    these, a final `.` one or more digits).  A choice can have a name to be spoken:
    `sales: {keys: 1, words: [sales], say: our sales team}`.
    """
    offered = with_universal(choices, call.universal) if universal else choices
    if terminators is None:
        terminators = "" if "#" in offered.key_signs else "#"
    elif wrong := wrong_terminator({"choices": offered, "terminators": terminators}):
        raise FlowError(wrong)
    if not prompts and not silent:
        prompts = (menu(choices, call.language),)
    ear = listened(speech)

    async def judge(entry: Entry) -> Entry | Literal["again"]:
        picked = _picked(offered, entry)
        if picked in choices.names or picked in ("top", "operator"):
            return entry
        if picked == "back" and len(call.trail) > 1:
            call.trail.pop()
            return entry
        return "again"

    entry = await ask_for(
        call,
        prompts,
        Rules(
            offered.keys,
            barge_in,
            first_digit,
            inter_digit,
            terminators=terminators,
            flush=type_ahead == "flush",
            words=offered.words if ear else (),
            speech=ear or PLAIN,
            understand=offered.said,
        ),
        Reprompts(
            attempts,
            max_no_input,
            max_no_match,
            no_input_prompts,
            no_match_prompts,
            instead=again_prompts,
        ),
        beyond_doubt(call, judge, YesOrNo(speech=ear), offered.word_in),
    )
    if entry.failed:
        return Result(entry.how, entry.value, entry.terminator)
    picked = _picked(offered, entry)
    if into is not None:
        call.vars[into] = entry.value if entry.how == "typed" else entry.text
    return Result(picked, entry.value, entry.terminator)


def _picked(choices: Choices, entry: Entry) -> str:
    return choices.typed(entry.value) if entry.how == "typed" else entry.value

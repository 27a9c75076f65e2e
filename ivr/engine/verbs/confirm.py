"""Have something confirmed."""

from typing import Annotated

from ..call import Call
from ..doubt import said_of_speech
from ..effects import Prompt
from ..entry import Reprompts
from ..phase import KEYS
from ..sentences import sentences, with_keys, yes_and_no
from ..speech import Listening, listened
from ..verb import (
    Arguments,
    BargeIn,
    Count,
    Doc,
    KeySet,
    Prompts,
    Result,
    Seconds,
    TypeAhead,
    verb,
)
from ..yes_or_no import YesOrNo, same_keys, yes_or_no


def _check(arguments: Arguments) -> str:
    return same_keys(arguments.get("yes", "1"), arguments.get("no", "2"))


def _builds(arguments: Arguments, language: str) -> Prompts:
    heard = said_of_speech(bool(arguments.get("speech", True)), (), language)
    if not arguments.get("say_keys", True):
        return heard
    yes, no = arguments.get("yes", "1"), arguments.get("no", "2")
    return (with_keys(sentences(language).confirm, yes, no, language), *heard)


def _listens(arguments: Arguments, language: str) -> tuple[str, ...]:
    return yes_and_no(language).words if arguments.get("speech", True) else ()


@verb(
    "confirm",
    ("yes", "no", "no_input"),
    check=_check,
    standing=KEYS,
    builds=_builds,
    listens=_listens,
)
async def confirm(
    call: Call,
    *prompts: Annotated[Prompt, Doc("what is to be confirmed")],
    yes: Annotated[KeySet, Doc("the key, or keys in a row, for yes")] = "1",
    no: Annotated[KeySet, Doc("the same for no")] = "2",
    say_keys: Annotated[bool, Doc("say which key is which, after the prompts")] = True,
    attempts: Annotated[Count, Doc("how often to ask in all")] = 3,
    first_digit: Annotated[Seconds, Doc("wait for an answer after the question")] = 5.0,
    barge_in: Annotated[BargeIn, Doc("what cuts the question short")] = "any",
    type_ahead: Annotated[TypeAhead, Doc("whether keys pressed before count")] = "keep",
    no_input_prompts: Annotated[Prompts, Doc("said before asking again after silence")] = (),
    no_match_prompts: Annotated[Prompts, Doc("said before asking again after a wrong key")] = (),
    again_prompts: Annotated[Prompts, Doc("said in place of the question from then on")] = (),
    speech: Annotated[Listening, Doc("whether and how yes and no are listened for")] = True,
) -> Result:
    """Ask for a yes or a no, by key or by word, such as whether what was understood is right.

    Who answers neither, or presses other keys, has the outcome `no_input` in the end.
    """
    if say_keys:
        prompts += (with_keys(sentences(call.language).confirm, yes, no, call.language),)
    flush, ear = type_ahead == "flush", listened(speech)
    answer, entry = await yes_or_no(
        call,
        prompts,
        YesOrNo(yes, no, barge_in, first_digit, flush=flush, speech=ear),
        Reprompts(
            attempts,
            no_input=no_input_prompts,
            no_match=no_match_prompts,
            instead=again_prompts,
        ),
    )
    return Result(answer, entry.value, entry.terminator)

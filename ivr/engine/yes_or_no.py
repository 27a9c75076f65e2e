"""A question with two answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .call import Call
from .effects import Prompt
from .entry import Entry, Reprompts, Rules, ask_for
from .scope import Tries
from .sentences import yes_and_no
from .speech import PLAIN, Speech
from .verb import BargeIn

Answer = Literal["yes", "no", "no_input"]


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """The keys that mean yes and no, and how the answer is waited for; times in seconds.

    `speech` None: words are not listened for.
    """

    yes: str = "1"
    no: str = "2"
    barge_in: BargeIn = "any"
    first_digit: float = 5.0
    inter_digit: float = 3.0
    flush: bool = False
    speech: Speech | None = PLAIN


async def yes_or_no(
    call: Call,
    prompts: tuple[Prompt, ...],
    how: YesOrNo,
    again: Reprompts,
    tries: Tries | None = None,
) -> tuple[Answer, Entry]:
    """Ask until it is answered or the attempts are used up; a wrong key is no answer, either.

    *tries* as in `ask_for`.
    """
    choices = yes_and_no(call.language, how.yes, how.no)
    rules = Rules(
        choices.keys,
        how.barge_in,
        how.first_digit,
        how.inter_digit,
        terminators="" if "#" in how.yes + how.no else "#",
        flush=how.flush,
        words=choices.words if how.speech else (),
        speech=replace(how.speech or PLAIN, confirm_below=0.0),
        understand=choices.said,
    )
    entry = await ask_for(call, prompts, rules, again, tries=tries)
    answer = choices.typed(entry.value) if entry.how == "typed" else entry.value
    if entry.failed:
        return "no_input", entry
    return ("yes" if answer == "yes" else "no"), entry


def same_keys(yes: str, no: str) -> str:
    """What is wrong with these two keys; empty: nothing."""
    if yes == no:
        return f"{yes} cannot mean both yes and no"
    return "" if yes and no else "yes and no need a key each"

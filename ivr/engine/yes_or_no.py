"""A question with two answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .call import Call
from .choices import Choice, Choices
from .effects import Prompt
from .entry import Entry, Reprompts, Rules, ask_for
from .events import Heard
from .scope import Tries
from .sentences import sentences
from .verb import BargeIn

Answer = Literal["yes", "no", "no_input"]
CONFIDENCE = 0.5  # least, of a spoken answer


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """The keys that mean yes and no, and how the answer is waited for; times in seconds."""

    yes: str = "1"
    no: str = "2"
    barge_in: BargeIn = "any"
    first_digit: float = 5.0
    inter_digit: float = 3.0
    flush: bool = False


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
    said = sentences(call.language)
    choices = Choices({"yes": Choice((how.yes,), said.yes), "no": Choice((how.no,), said.no)})

    def understand(heard: Heard) -> str | None:
        return choices.said(heard.text) if heard.confidence >= CONFIDENCE else None

    rules = Rules(
        choices.keys,
        how.barge_in,
        how.first_digit,
        how.inter_digit,
        terminators="" if "#" in how.yes + how.no else "#",
        flush=how.flush,
        words=choices.words,
        understand=understand,
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

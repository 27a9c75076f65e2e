"""What in a flow can be used, and is most likely not what its author meant: warnings.

Each rule looks at a whole flow, or at one verb of it, and knows what the verbs declare; what only
a call can tell is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...engine.codes import Code
from ...engine.errors import Fault
from ...engine.flow import Flow
from ...engine.state import Act, State
from .acts import Look, Untold, Words, acts
from .allowed import heeded
from .data import shown_secrets, text_and_number
from .graph import rounds
from .languages import sets_language, words_of_one_language
from .outcomes import lost_messages, referred
from .schedules import hours
from .telephony import hidden_choices, long_barred, long_questions, no_time
from .unset import maybe_unset

OF_FLOWS: tuple[Callable[[Look], Iterator[Fault]], ...] = (
    rounds,
    maybe_unset,
    text_and_number,
    shown_secrets,
    words_of_one_language,
)
OF_VERBS: tuple[Callable[[Look, State, Act], Iterator[Fault]], ...] = (
    lost_messages,
    referred,
    long_questions,
    long_barred,
    no_time,
    hidden_choices,
    hours,
)


def lint(flow: Flow, words: Words | None = None, language: str = "en") -> list[Fault]:
    """The warnings about *flow* and all that it calls, in the order of their files.

    *words* is what prompts say, by name, where that is known; *language* that of callers for whom
    the flow names none.
    """
    found: set[Fault] = set()
    for each in flow.family():
        own = each.language or each.house.language or language
        look = Look(each, words or {}, own, flow.max_duration is not None)
        for rule in OF_FLOWS:
            found.update(rule(look))
        for state, act in acts(each):
            for of_verb in OF_VERBS:
                found.update(_told(of_verb(look, state, act)))
    return sorted(found)


def _told(faults: Iterator[Fault]) -> Iterator[Fault]:
    try:
        yield from faults
    except Untold:
        return


NEED_WORDS = frozenset({Code.LONG_QUESTION, Code.LONG_WITHOUT_BARGE_IN})
"""What can only be told where it is known what prompts say."""

__all__ = ["NEED_WORDS", "heeded", "lint", "sets_language"]

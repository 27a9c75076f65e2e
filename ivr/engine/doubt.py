"""What was heard, and not well enough to go by it: the caller is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .call import Call
from .effects import Text
from .entry import Entry, Judge, Reprompts, Ruling
from .scope import Tries
from .sentences import sentences, with_keys, yes_and_no
from .speech import Listening, listened
from .yes_or_no import YesOrNo, yes_or_no

ATTEMPTS = 2


def beyond_doubt(
    call: Call, judge: Judge, how: YesOrNo, said: Callable[[str], str] = lambda text: text
) -> Judge:
    """*judge*, of entries that are certain; of others the caller is first asked whether that is
    what he said: *said* of the words that were heard."""

    async def judged(entry: Entry) -> Entry | Ruling:
        if entry.doubtful:
            call.note("doubt", entry.value)
            words = sentences(call.language)
            question = Text(words.doubt.format(what=said(entry.text)))
            keys = (with_keys(words.confirm, how.yes, how.no, call.language),)
            again = Reprompts(ATTEMPTS, no_input=keys, no_match=keys)
            answer, _ = await yes_or_no(call, (question,), how, again, Tries())
            if answer == "no":
                return "denied"
            if answer == "no_input":
                return Entry("no_input")
        return await judge(entry)

    return judged


def heard_in_doubt(speech: Listening, language: str) -> tuple[str, ...]:
    """What is listened for where a spoken answer may have to be confirmed."""
    ear = listened(speech)
    return yes_and_no(language).words if ear and ear.confirm_below else ()


def said_of_speech(
    speech: Listening, words: Iterable[str], language: str, yes: str = "1", no: str = "2"
) -> tuple[Text, ...]:
    """What may be said where answers are spoken: that keys are better, and what is asked in doubt.

    *words* are those that can be told before.
    """
    ear, said = listened(speech), sentences(language)
    if ear is None:
        return ()
    keys_only = Text(said.keys_only)
    if not ear.confirm_below:
        return (keys_only,)
    doubts = (Text(said.doubt.format(what=word)) for word in words)
    return keys_only, with_keys(said.confirm, yes, no, language), *doubts

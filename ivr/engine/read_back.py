"""Read an entry back to the caller, and ask whether it is right."""

from __future__ import annotations

from dataclasses import dataclass

from .call import Call
from .effects import Prompt, Text
from .entry import Entry, Reprompts, Ruling
from .scope import Tries
from .sentences import sentences, with_keys
from .values import Value
from .yes_or_no import YesOrNo, yes_or_no


@dataclass(slots=True)
class ReadBack:
    """`prompts` say the entry, by the variable `name`; `attempts`: how often that is asked without
    an answer, and how often the answer may be no."""

    call: Call
    name: str
    prompts: tuple[Prompt, ...]
    how: YesOrNo
    attempts: int
    denied: int = 0

    async def confirmed(self, entry: Entry, value: Value) -> Entry | Ruling:
        """*entry*, if it is right, and then the variable has *value*; or what comes of it else."""
        call, name = self.call, self.name
        before = [call.vars[name]] if name in call.vars else []
        call.vars[name] = value
        keys = which_keys(call.language, self.how.yes, self.how.no)
        again = Reprompts(self.attempts)
        answer = ""
        try:
            answer, _ = await yes_or_no(call, (*self.prompts, keys), self.how, again, Tries())
        finally:  # whoever hangs up has not said yes
            if answer != "yes":
                del call.vars[name]
                for each in before:
                    call.vars[name] = each
        if answer == "yes":
            return entry
        if answer == "no_input":
            return Entry("no_input")
        self.denied += 1
        if self.denied >= self.attempts:
            return Entry("no_match", entry.value)
        return "denied" if entry.spoken else "again"


def which_keys(language: str, yes: str, no: str) -> Text:
    """What ends the question, after the entry."""
    return with_keys(sentences(language).read_back, yes, no, language)

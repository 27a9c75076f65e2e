"""What a verb is: an async function on a `Call`, the outcomes it can have, and words about both.

Built-in verbs have no privileges: one of yours, declared the same way, is used the same way.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal, ParamSpec

from .codes import Code
from .effects import Given, Prompt
from .phase import ANYTIME, Phase, Standing
from .values import Secret


@dataclass(frozen=True, slots=True)
class Result:
    """How a verb ended: its outcome, and what goes with it.

    `value` is what was typed, said or kept; `terminator` the key that ended it; `code` and `reason`
    say why.
    """

    outcome: str = "done"
    value: str | Secret = ""
    terminator: str = ""
    code: int = 0
    reason: str = ""


DONE = Result()
NO_HEADERS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most that a parameter may be."""

    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Doc:
    """What a parameter means, in one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How a text of a flow file is to be read, where the type alone does not say."""

    name: str


class Wrong(str):
    """What is wrong with arguments, where that is a kind of fault of its own."""

    __slots__ = ("code",)

    def __new__(cls, text: str, code: Code) -> Wrong:
        made = super().__new__(cls, text)
        made.code = code
        return made

    code: Code


Seconds = Annotated[float, Kind("seconds"), Range(0, 86400)]
Count = Annotated[int, Range(1, 100)]
KeySet = Annotated[str, Kind("keys")]
TemplateText = Annotated[str, Kind("text")]
Expression = Annotated[str, Kind("expression")]
Variable = Annotated[str, Kind("variable")]
Address = Annotated[str, Kind("address")]
Contact = Annotated[str, Kind("contact")]
CALLED = Kind("called")
CalledAddress = Annotated[Address, CALLED]
"""An address that the line itself calls, at its own cost."""
Plain = Annotated[Any, Kind("plain")]
"""What JSON and YAML can say: texts, numbers, lists, pairs.  Texts may have {{ … }} in them."""
DATA = Kind("data")
"""What came from outside: any characters, of which {{ … }} are no others."""
SCHEDULE = Kind("schedule")
ACCOUNT = Kind("account")
DATABASE = Kind("database")
MAILBOX = Kind("mailbox")
MAILED = Kind("mailed")
"""What goes out by the mail server of the settings."""
SecretText = Annotated[str, Kind("secret text")]
"""A text with {{ … }} in which secrets may stand, too."""
Url = Annotated[str, Kind("url")]
ASKED = Kind("asked")
AskedUrl = Annotated[Url, ASKED]
"""A URL that is asked from here."""
Headers = Mapping[Annotated[str, Kind("header")], TemplateText]
"""Headers of a response, with values that may have {{ … }} in them."""
JsonPath = Annotated[str, Kind("path")]
Into = Mapping[Variable, JsonPath]
FunctionName = Annotated[str, Kind("function")]
KeyPattern = Annotated[str, Kind("key pattern")]
DialPattern = Annotated[str, Kind("dial pattern")]
Prompts = tuple[Prompt, ...]
Pairs = Mapping[str, str] | Given
"""Name: text, in a file of their own if need be."""
OR_NONE = Kind("or none")
OPTIONAL = Kind("optional")
PromptsOrNone = Annotated[Prompts, OR_NONE]
BargeIn = Literal["any", "match", "speech", "none"]
TypeAhead = Literal["keep", "flush"]

P = ParamSpec("P")
Arguments = Mapping[str, Any]
Outcomes = tuple[str, ...]
Builder = Callable[[Arguments, str], tuple[Prompt, ...]]
Listener = Callable[[Arguments, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb as flow files know it.

    `outcomes`: those it can have with the given arguments; none: it ends the call.  `goes_on`: the
    outcome after which the next verb of the same state runs, empty where there is no such one.
    `outcomes_doc`: the outcomes in words.  `standing`: where the call must stand for it, and
    `enters` the phase that the call has at least reached when it is done.  `after_call`: whether it
    means something when the caller is gone.  `builds`: the prompts that it makes by itself of the
    given arguments, for a caller with this language; `listens`: the words and phrases that he may
    say.
    """

    name: str
    run: Callable[..., Awaitable[Result]]
    outcomes: Callable[[Arguments], Outcomes]
    goes_on: str
    check: Callable[[Arguments], str]
    outcomes_doc: str
    standing: Standing = ANYTIME
    enters: Callable[[Arguments], Phase] = lambda arguments: Phase.RINGING
    after_call: bool = False
    builds: Builder = lambda arguments, language: ()
    listens: Listener = lambda arguments, language: ()


VERBS: dict[str, Verb] = {}
DECLARED = "declared_as"  # the attribute of a verb's function that says so


def verb(
    name: str,
    outcomes: Outcomes | Callable[[Arguments], Outcomes] = ("done",),
    *,
    goes_on: str = "",
    check: Callable[[Arguments], str] = lambda arguments: "",
    standing: Standing = ANYTIME,
    enters: Callable[[Arguments], Phase] = lambda arguments: Phase.RINGING,
    after_call: bool = False,
    builds: Builder = lambda arguments, language: (),
    listens: Listener = lambda arguments, language: (),
) -> Callable[[Callable[P, Awaitable[Result]]], Callable[P, Awaitable[Result]]]:
    """Declare an async function as the verb *name*.

    Its first parameter is the call; the others, with their annotations, are what a flow file may
    give.  *outcomes* may depend on the arguments; its docstring names them then.  *check* returns
    what is wrong with arguments that are each right on their own, or an empty text.  *standing* is
    where a call must stand for it, as on one side of the answer; *enters* where it stands then.
    *after_call*: it can be used in `on_hang_up`, where there is no caller any more.  *builds*: the
    prompts that it plays and nobody has given, so that they are rendered before the first call.
    *listens*: the words and phrases that a recogniser has to know for it.
    """

    def declare(run: Callable[P, Awaitable[Result]]) -> Callable[P, Awaitable[Result]]:
        if callable(outcomes):
            words = inspect.cleandoc(outcomes.__doc__ or "")
            found, onward = outcomes, goes_on
        else:
            onward = goes_on or (outcomes[0] if len(outcomes) == 1 else "")
            words = ", ".join(f"`{outcome}`" for outcome in outcomes) or "none; the call ends"
            found = lambda arguments: outcomes  # noqa: E731
        made = Verb(
            *(name, run, found, onward, check, words, standing, enters, after_call),
            builds,
            listens,
        )
        VERBS[name] = made
        setattr(run, DECLARED, made)
        return run

    return declare

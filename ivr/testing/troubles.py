"""What has gone wrong in a simulated call, whatever its story expects of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..engine.call import Call
from ..engine.effects import (
    Dial,
    HangUp,
    Note,
    Play,
    Prompt,
    Record,
    RecordCall,
    Redirect,
    Refer,
    Reject,
    Ring,
    Text,
    Url,
    Work,
)
from ..engine.values import Secret
from .values import Entry

Kind = Literal["error", "silence", "secret", "transfer"]
SHORTEST_SECRET = 4  # characters; shorter ones are in other texts by chance


@dataclass(frozen=True, slots=True)
class Trouble:
    """One of them: `time` in seconds since the offer, `state` where it was, `words` what it is."""

    kind: Kind
    time: float
    state: str
    words: str


def troubles(
    log: Sequence[Entry], secrets: Iterable[str] = (), after: int = 0, *, called: bool = False
) -> Iterator[Trouble]:
    """What *log* tells of, but for its first entries, so many as *after*.

    *secrets* are the texts that must not be in it.  *called*: the flow is one that others call, and
    it is for them to say something when it comes back.
    """
    kept = [text for text in secrets if len(text) >= SHORTEST_SECRET]
    state, untold = "", ""
    for number, (time, thing, _) in enumerate(log):
        match thing:
            case Note("state" | "back", name):
                state = name
            case Note("transfer", detail):
                untold = "" if called or detail.startswith("answered") else detail
            case Play(leg=0) | Record() | Dial() | Refer() | Note("barge_in"):
                untold = ""
        if number >= after:
            for kind, words in _wrong(thing, kept, untold):
                yield Trouble(kind, time, state, words)


def _wrong(thing: object, kept: Sequence[str], untold: str) -> Iterator[tuple[Kind, str]]:
    """What is wrong with *thing*, where a transfer has failed *untold*."""
    match thing:
        case Note("failed", detail):
            yield "error", f"the flow fails: {detail}"
        case Note("dead_air", detail):
            yield "silence", f"the caller hears nothing: {detail}"
        case HangUp() | Reject() if untold:
            words = "the transfer comes to nothing, and the caller is told nothing"
            yield "transfer", f"{words}: {untold}"
    if kept and any(text in said for said in _outputs(thing) for text in kept):
        yield "secret", f"a secret is told to {_whom(thing)}"


def secrets_of(call: Call, earlier: Iterable[str]) -> set[str]:
    """The secrets of *call*, and those that it had *earlier*, by their text.

    But for those that are a part of what is no secret: they are seen by chance.
    """
    kept = (value for scope in call.scopes for value in scope.vars.values())
    known = (*call.typed_secrets, *call.secrets.values(), *kept)
    open_ = [str(value) for value in known if not isinstance(value, Secret)]
    open_ += [call.caller, call.dialled]
    texts = {value.reveal() for value in known if isinstance(value, Secret)}.union(earlier)
    return {text for text in texts if not any(text in each and text != each for each in open_)}


def _outputs(thing: object) -> Iterator[str]:
    """The texts that leave the call with *thing*."""
    match thing:
        case Play(prompts=prompts):
            yield from _spoken(prompts)
        case Note(detail=text) | Record(name=text) | RecordCall(name=text):
            yield text
        case Dial(to=text) | Refer(to=text):
            yield text
        case Work(order=order):
            yield from texts_in(order)
        case Redirect() | Ring() | Reject():
            yield from (thing.reason, *thing.headers.values(), *getattr(thing, "contacts", ()))


def _spoken(prompts: Iterable[Prompt]) -> Iterator[str]:
    for prompt in prompts:
        if isinstance(prompt, Text):
            yield from (prompt.words, "".join(filter(str.isalnum, prompt.words)))
        elif isinstance(prompt, Url):
            yield prompt.url


def texts_in(value: Any) -> Iterator[str]:
    """Every text in *value* that is no secret; of what is spoken its words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)
    elif hasattr(value, "words"):
        yield from texts_in(value.words)


def _whom(thing: object) -> str:
    match thing:
        case Play():
            return "the caller"
        case Note(kind):
            return f"the journal ({kind})"
        case Work(job=job):
            return f"{job}, as no secret"
    return "a far end"

"""What a caller did, and the world around him, taken out of a journal: for another flow.

An answer belongs to the question that it was given to.  What was done outside, whom he was
transferred to and what he said on a recording are kept by what the flow asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ...engine.events import Finding
from ...engine.trace import MASK
from .journal import CannotReplay, Journal, Line
from .stand_ins import DIGIT, MASKED
from .story import durations

OTHER = "1"  # digit, of a secret that was wrong
RENEWS = ("dial", "refer", "join", "record", "work")
"""What the flow does for a caller, who waits for it then."""
SPOKEN = 0.4  # seconds, of words of which nobody knows how long they took
ASKED_FOR = ("url", "webhook", "query", "function", "scope", "action", "mail")
"""By which part of its order a piece of work is told from others."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller did about one question, such as nothing.

    He did it so many seconds `after` it began, or after its end if he `heard_it_out`.
    """

    state: str
    question: tuple[str, ...]
    how: Literal["keys", "words", "nothing", "hang_up"]
    text: str = ""
    after: float = 0.0
    heard_it_out: bool = False
    confidence: float = 1.0
    alternatives: tuple[tuple[str, float], ...] = ()
    secret: bool = False

    def __str__(self) -> str:
        return f"{self.state}: {MASKED if self.secret else self.text or self.how}"


@dataclass(slots=True)
class Called:
    """What one did who was called at `to`: nothing, unless the rest says so.

    He `answered`, took the call (`joined`) and talked for so many seconds; or he refused with
    `code`.  It was so many seconds `after` he was called.
    """

    to: str
    began: float
    answered: bool = False
    joined: float | None = None
    talk: float | None = None
    code: int | None = None
    reason: str = ""
    after: float = 0.0


@dataclass(slots=True)
class Script:
    """A call; its caller was gone in `state` after so many seconds of `patience`."""

    journal: Journal
    answers: list[Answer] = field(default_factory=list)
    works: list[tuple[str, str, Line | None, float]] = field(default_factory=list)
    """Job, what was asked for, the result if there was one, and how long it took."""
    called: list[Called] = field(default_factory=list)
    recordings: list[tuple[float, str]] = field(default_factory=list)
    """How long the caller spoke, and how it ended."""
    screened: list[tuple[Finding, float]] = field(default_factory=list)
    durations: Mapping[str, float] = field(default_factory=dict)
    digits: int = 0
    """Of the secret that was right; 0: there was none."""
    state: str = ""
    done: int = 0
    """How often something had been begun for him there: he was transferred, and talked."""
    patience: float = 0.0
    words: tuple[str, ...] = ()
    """What had last been said to him there."""
    by: str = "caller"
    """Who ended the call, where it was not the flow: he, or the line."""
    answered: bool = False
    acknowledged: bool = True
    """Whether his ACK came, if the flow answered."""


def asked_for(job: str, order: Mapping[str, Any]) -> str:
    """What a piece of work is told from others by."""
    return next((str(order[name]) for name in ASKED_FOR if order.get(name)), job)


def words_of(prompts: Any) -> tuple[str, ...]:
    """*prompts* as they are compared: names and texts."""
    return tuple(
        each if isinstance(each, str) else str(next(iter(each.values())))
        for each in prompts
        if isinstance(each, str | Mapping)
    )


def script_of(journal: Journal) -> Script:
    """What *journal* says of the caller and the world.

    Raises `CannotReplay` where it was neither of them who decided.
    """
    if any(line.get("event") in ("moved", "dismissed") for line in journal.lines):
        raise CannotReplay("an operator moved or ended the call")
    script = Script(journal, durations=durations(journal.lines))
    reader = _Reader(script)
    for index, line in enumerate(journal.lines):
        reader.read(index, line)
    script.answered = any(line.get("event") == "answered" for line in journal.lines)
    answers = any(line.get("effect") == "answer" for line in journal.lines)
    script.acknowledged = script.answered or not answers
    for (kind, _), order in reader.open.items():
        if kind == "work":  # he did not wait for it
            script.works.append((order["job"], asked_for(order["job"], order["order"]), None, 0.0))
    return script


class _Reader:
    """Goes through the lines of a journal once."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.state = ""
        self.since = 0.0  # when the question, or what else there is in this state, began
        self.noted = 0.0  # when something was last done for the caller: his patience begins anew
        self.done = 0  # how often that was, since the state or an entry
        self.question: tuple[str, ...] = ()
        self.words: tuple[str, ...] = ()  # what was last said in this state
        self.playing = 0
        self.heard_out = False
        self.keys: list[tuple[float, str, bool]] = []  # when, which, and after the question's end
        self.heard: tuple[Line, float, bool] | None = None
        self.called: dict[tuple[str, int], Called] = {}  # by kind and number
        self.open: dict[tuple[str, int], Line] = {}  # what the world was asked, by kind and number

    def read(self, index: int, line: Line) -> None:
        what = str(line.get("event") or line.get("effect"))
        if what in RENEWS:
            self.noted = line["at"]
            self.done += 1
        if what == "note":
            self._note(line["kind"], line["detail"], line["at"])
        elif what in ("work", "record", "screen"):
            self.open[what, line["id"]] = line
        elif what in ("dial", "refer"):
            number = line["leg"] if what == "dial" else line["id"]
            self.called[what, number] = Called(line["to"], line["at"])
            self.script.called.append(self.called[what, number])
        else:
            read = _EVENTS.get(what)
            if read is not None:
                read(self, line)

    def _note(self, kind: str, detail: str, at: float) -> None:
        if kind in ("state", "back"):
            self.state, self.since, self.noted, self.done = detail, at, at, 0
            self.words = ()
        elif kind == "entry":
            self.script.answers.append(self._answer(detail))
            self.since, self.noted, self.done = at, at, 0
            self.keys, self.heard, self.heard_out = [], None, False
        elif kind == "dropped":
            self.keys.pop()
        elif kind == "invalid" and self.script.answers[-1].secret:
            last = self.script.answers[-1]
            self.script.answers[-1] = replace(last, text=last.text.replace(DIGIT, OTHER))
        elif kind == "authenticate" and detail == "ok":
            secret = next(each for each in reversed(self.script.answers) if each.secret)
            self.script.digits = len(secret.text.rstrip("#*"))

    def _answer(self, entry: str) -> Answer:
        how, _, typed = entry.replace("cut off", "cut_off").partition(" ")
        if self.heard is not None and how in ("heard", "no_match"):
            line, at, out = self.heard
            return Answer(
                self.state, self.question, "words", line["text"], at - self.since, out,
                line["confidence"], tuple((t, c) for t, c in line["alternatives"]),
            )  # fmt: skip
        if how == "no_input":
            return Answer(self.state, self.question, "nothing")
        begun, _, out = self.keys[0] if self.keys else (self.since, "", False)
        secret = MASKED in typed
        if secret:
            more = typed.replace(MASKED, "")
            typed = DIGIT * max(1, len(self.keys) - len(more)) + more
        after = max(0.0, begun - self.since)
        return Answer(self.state, self.question, "keys", typed, after, out, secret=secret)

    def _play(self, line: Line) -> None:
        if not line["leg"] and not line["over"]:
            self.playing, self.since, self.heard_out = line["id"], line["at"], False
            self.question = self.words = words_of(line["prompts"])

    def _play_done(self, line: Line) -> None:
        if line["id"] == self.playing:
            self.since, self.heard_out = line["at"], True

    def _digit(self, line: Line) -> None:
        self.keys.append((line["at"], line["key"], self.heard_out))

    def _heard(self, line: Line) -> None:
        if line["text"] != MASK:
            self.heard = line, line["at"] - SPOKEN, self.heard_out

    def _work_done(self, line: Line) -> None:
        work = self.open.pop(("work", line["id"]), None)
        if work is not None:
            took = line["at"] - work["at"]
            wanted = asked_for(work["job"], work["order"])
            self.script.works.append((work["job"], wanted, line, took))

    def _leg_answered(self, line: Line) -> None:
        if one := self.called.get(("dial", line["leg"])):
            one.answered, one.after = True, line["at"] - one.began

    def _join(self, line: Line) -> None:
        one = self.called.get(("dial", line["leg"]))
        if one and not line["early"]:
            one.joined = line["at"]

    def _leg_ended(self, line: Line) -> None:
        one = self.called.get(("dial", line["leg"]))
        if one and one.joined is not None:
            one.talk = line["at"] - one.joined
        elif one and not one.answered:
            self._refused(one, line)

    def _refer_done(self, line: Line) -> None:
        if one := self.called.get(("refer", line["id"])):
            self._refused(one, line)

    def _refused(self, one: Called, line: Line) -> None:
        one.code, one.reason, one.after = line["code"], line["reason"], line["at"] - one.began

    def _record_done(self, line: Line) -> None:
        if self.open.pop(("record", line.get("id", 0)), None) is not None:
            seconds = line["seconds"] if line["file"] else 0.0
            self.script.recordings.append((seconds, line["reason"]))
            self.keys = []

    def _screened(self, line: Line) -> None:
        screen = self.open.pop(("screen", line["id"]), None)
        if screen is not None:
            self.script.screened.append((line["found"], line["at"] - screen["at"]))

    def _hung_up(self, line: Line) -> None:
        if line["by"] not in ("flow", "operator", "timeout"):
            self.script.state, self.script.by = self.state, line["by"]
            self.script.words, self.script.done = self.words, self.done
            self.script.patience = max(0.1, line["at"] - self.noted)


def _events() -> Iterator[tuple[str, Any]]:
    for name in (
        "play", "play_done", "digit", "heard", "work_done", "leg_answered", "join", "leg_ended",
        "refer_done", "record_done", "screened", "hung_up",
    ):  # fmt: skip
        yield name, getattr(_Reader, f"_{name}")


_EVENTS = dict(_events())

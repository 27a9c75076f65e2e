"""A call in someone's hands: the clock stands still while he thinks, and all can be taken back.

Whatever he does, and the time that he lets pass, is a sentence of a story.  So what he did can be
told again on a new call, to its last but one sentence or to its end, and written down as a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple

from ..engine.effects import Note, Play, Work
from ..engine.errors import IvrError, LoadError
from ..engine.events import PlayDone
from ..engine.flow import Flow
from ..engine.phase import KEYS
from .agenda import FOREVER
from .errors import StoryError
from .hearing import seconds_of
from .line import SimulatedLine
from .scenario import read_step
from .simulated_call import BETWEEN_KEYS, MONDAY, SimulatedCall
from .steps import Step, sentence
from .transcript import told
from .values import NOTHING, Entry, Sound

NOT_ACCEPTED = "not_accepted"
ACCEPTS = "1"  # the key that who answers presses, where he is asked for one


class Refused(IvrError):
    """What cannot be done now; nothing has happened."""


class Told(NamedTuple):
    """A sentence of the story so far, with the moments at which it began and ended.

    `question`: what was asked last, if an answer was taken when it began.
    """

    step: Step
    began: float
    ended: float
    question: Sound | None


class Handset:
    """One simulated call, and what was done in it.

    *texts*: what prompts say, by name; they are as long as it takes to say them.  Methods raise
    `Refused`.
    """

    def __init__(
        self,
        flow: Flow,
        *,
        texts: Mapping[str, str] = NOTHING,
        at: datetime = MONDAY,
        caller: str = "+15550100",
        dialled: str = "100",
    ) -> None:
        self.flow = flow
        self.texts = texts
        self.offer: Mapping[str, Any] = {
            "at": at,
            "caller": caller,
            "dialled": dialled,
            "durations": {name: round(seconds_of(text), 1) for name, text in texts.items()},
        }
        self.breakpoints: set[str] = set()
        """States at whose entry time stops."""
        self.story: list[Told] = []
        self._marks: list[int] = []  # lengths of the story
        self.call = SimulatedCall(flow, **self.offer)

    @property
    def line(self) -> SimulatedLine:
        return self.call.line

    # -- what he does ----------------------------------------------------------------------------

    def tell(self, step: str) -> None:
        """Let *step* happen: a sentence as in a story, such as ``says: new order``."""
        try:
            read = read_step(step, self.flow)
        except LoadError as error:
            raise Refused(error.faults[0].message) from None
        self._tell(read)

    def press(self, key: str) -> None:
        """Press one key; a quarter of a second after the one before, if no time has passed."""
        if self.line.over:
            raise Refused("the call is over")
        if self.line.session.call.phase not in KEYS.phases:
            raise Refused("nobody has answered yet; let time pass")
        if self.story and self.story[-1].step.name == "presses":
            self.wait(BETWEEN_KEYS)
        self._do("presses", keys=key)

    def say(self, text: str) -> None:
        """Say *text*, and be understood well."""
        self._do("says", text=text, confidence=1)

    def decide(self, outcome: str) -> None:
        """What comes of the transfer that is under way, such as ``busy``."""
        undecided = self.line.far_ends.undecided
        if not undecided:
            raise Refused("no transfer is running")
        decision = {"to": undecided[0].to, "result": outcome}
        before = len(self.line.log)
        self._do("is_transferred_to", **decision)
        if any(detail.endswith(NOT_ACCEPTED) for detail in self._notes_since(before, "leg")):
            self._tell_anew(len(self.story) - 1)
            self._do("is_transferred_to", **decision, presses=ACCEPTS)

    def finish(self, outcome: str, value: Any = None, reason: str = "") -> None:
        """What comes of what is being done outside."""
        if not self.line.jobs:
            raise Refused("nothing is being done outside")
        result: dict[str, Any] = {"job": self.line.jobs[0].job, "result": outcome}
        result |= {"value": value} if value is not None else {}
        result |= {"reason": reason} if reason else {}
        self._do("waits_for", **result)

    def hang_up(self) -> None:
        """End the call."""
        self._do("hangs_up")

    def mark(self) -> None:
        """What is done from here on is taken back as one."""
        if not self._marks or self._marks[-1] < len(self.story):
            self._marks.append(len(self.story))

    def take_back(self) -> bool:
        """As if what was done since the last mark had not been; False: there is nothing."""
        while self._marks:
            length = self._marks.pop()
            if length < len(self.story):
                self._tell_anew(length)
                return True
        return False

    # -- time ------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._do("waits", seconds=seconds)

    def step(self) -> bool:
        """Let time pass until anything happens at all; False: nothing does by itself."""
        line = self.line
        if line.due == FOREVER:
            return False
        # Full milliseconds, as one would write them; and not a hair too early.
        thousandths = max(0, ceil((line.due - line.now) * 1000 - 1e-6))
        while line.now + thousandths / 1000 < line.due:
            thousandths += 1
        self.wait(thousandths / 1000)
        return True

    def next(self) -> bool:
        """Let time pass until something happens that one notices; False: nothing does."""
        before = len(self.line.log)
        while self.step():
            if any(is_news(entry) for entry in self.line.log[before:]):
                return True
        return False

    def go_on(self) -> str:
        """Let time pass until the caller has a say in it, or a breakpoint; returns why it stopped.

        ``over``, ``breakpoint``, ``asked``, ``recorded``, ``rings``, ``works`` or ``nothing``.
        """
        while True:
            before = len(self.line.log)
            if not self.step():
                return "over" if self.line.over else "nothing"
            if self.entered_since(before) & self.breakpoints:
                return "breakpoint"
            if why := self._wanted():
                return why

    def entered_since(self, length: int) -> set[str]:
        """The states that were entered since the log had this *length*."""
        return self._notes_since(length, "state")

    def _wanted(self) -> str:
        line = self.line
        if line.far_ends.undecided:
            return "rings"
        if line.jobs:
            return "works"
        if line.recording is not None:
            return "recorded"
        waits_for_him = line.session.call.asking and line.playing is None
        return "asked" if waits_for_him and not line.over else ""

    # -- how it is done --------------------------------------------------------------------------

    def _do(self, name: str, **given: Any) -> None:
        self.tell(str(sentence(name, **given)))

    def _tell(self, step: Step) -> None:
        line = self.line
        began = line.now
        heard = [sound for sound in line.sounds if sound.begin <= began]
        question = heard[-1] if heard and line.session.call.asking else None
        try:
            step.tell(self.call)
        except StoryError as error:
            self._tell_anew(len(self.story))
            raise Refused(error.sentence) from None
        self.story.append(Told(step, began, self.line.now, question))

    def _tell_anew(self, length: int) -> None:
        """Begin once more, and tell so many sentences of the story."""
        steps = [told.step for told in self.story[:length]]
        self.call, self.story = SimulatedCall(self.flow, **self.offer), []
        for step in steps:
            self._tell(step)

    def _notes_since(self, length: int, kind: str) -> set[str]:
        log = self.line.log[length:]
        return {note.detail for _, note, _ in log if isinstance(note, Note) and note.kind == kind}


def is_news(entry: Entry) -> bool:
    """Whether the caller notices it, or the author wants to see it."""
    time, thing, _ = entry
    return isinstance(thing, Play | PlayDone | Note | Work) or told(time, thing) is not None

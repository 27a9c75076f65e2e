"""A caller of the past on another flow: he answers what he is asked as he answered it then.

A question is the same if its state has the same name, or if it is asked with the same prompts in a
state that has another.  So is what he hung up in.  A state that is known by what it says has its
new name for the whole call.  To a question that he was never asked he says nothing, and his call
shows what becomes of him.  What the world never told is not made up: there the replay ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, TypeVar

from ...engine.effects import Dial, Join, Note, Play, Record, Redirect, Refer, Reject, Work
from ...engine.events import ReferDone, Screened, WorkDone
from ...engine.far_end import outcome_of
from ...engine.flow import Flow
from ...engine.phase import KEYS as TAKEN
from ...engine.trace import of_effect
from ...testing.agenda import FOREVER
from ...testing.far_ends import FarEnd
from ...testing.line import GIVEN_UP, SimulatedLine
from ...testing.memory import JOBS as REMEMBERING
from ...testing.simulated_call import BETWEEN_KEYS
from ...testing.transfers import CODES, FAR_END
from ...testing.values import NOTHING
from .ends import end_of
from .journal import DIED, Line
from .script import Answer, Called, Script, asked_for, words_of
from .stand_ins import DIGIT, MASKED, Secrets, values
from .story import OUTSIDE

T = TypeVar("T")

LONGEST = 2000  # things that may happen in a call
TALK = 30.0  # seconds, with somebody new
OPTIONS = 4  # of what may have come of work
UNKNOWN = "cannot be told"
IF_ANSWERED = ", if they answer"
_KEPT = (Note, Dial, Join, Refer, Redirect, Reject)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a call went, and how it goes now: the states in order, and where it gets to."""

    id: str
    before: tuple[str, ...]
    now: tuple[str, ...]
    end_before: str
    end_now: str
    unanswered: tuple[str, ...] = ()
    """States that asked what he had not been asked."""
    unused: tuple[str, ...] = ()
    """Answers that nobody asked for."""
    unknown: str = ""
    """What would have to be known to go on."""

    @property
    def same(self) -> bool:
        return self.before == self.now and self.end_before == self.end_now

    @property
    def shared(self) -> int:
        """How many states it comes through before it takes another way."""
        pairs = zip(self.before, self.now, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def play(script: Script, flow: Flow, renamed: Mapping[str, str] = NOTHING) -> Replayed:
    """The call of *script* on *flow*; *renamed*: how states are called now, by what they were.

    Where the journal hides what came of some work, what it leads to says what it may have been: of
    several calls the one is taken that goes the old way for longest.
    """
    hidden = any(done and done["value"] == MASKED for _, _, done, _ in script.works)
    best = _play(script, flow, renamed, 0)
    for option in range(1, OPTIONS if hidden and not best.same else 1):
        best = max(best, _play(script, flow, renamed, option), key=lambda each: each.shared)
    return best


def _play(script: Script, flow: Flow, renamed: Mapping[str, str], option: int) -> Replayed:
    player = _Player(script, flow, renamed, option)
    player.run()
    lines = script.journal.lines
    states = tuple(player.name(state) for state in player.states)
    return Replayed(
        script.journal.id,
        states,
        tuple(player.path),
        end_of(lines, player.renamed),
        player.end,
        tuple(player.unanswered),
        () if player.unknown else tuple(str(each) for each in player.answers if each.text),
        player.unknown,
    )


class _Player:
    """One call."""

    def __init__(self, script: Script, flow: Flow, renamed: Mapping[str, str], option: int) -> None:
        self.option = option  # of what the journal hides
        self.script = script
        self.flow = flow
        self.renamed = dict(renamed)  # and what is found to be so
        self.states = tuple(state for kind, state in script.journal.way if kind == "state")
        secrets = Secrets(DIGIT * script.digits) if script.digits else NOTHING
        self.line = SimulatedLine(flow, script.durations, secrets=secrets, told=OUTSIDE)
        self.line.acknowledges = script.acknowledged
        self.answers = list(script.answers)
        self.works = list(script.works)
        self.called = list(script.called)
        self.screened = list(script.screened)
        self.recordings = list(script.recordings)
        self.path: list[str] = []
        self.unanswered: list[str] = []
        self.unknown = ""
        self.assumed: set[str] = set()  # whom he had not been transferred to
        self.state = ""
        self.question: tuple[str, ...] = ()
        self.words: tuple[str, ...] = ()  # what was last said in this state
        self.since = 0.0  # when something was last done for the caller
        self.done = 0  # how often that was, since the state or an entry
        self.entries = 0
        self.met = -1  # the entry that was last dealt with
        self.doing: Answer | None = None  # what the caller is about to do
        self.due = FOREVER  # ... and when
        self.keys = ""  # ... those that are left to press
        self.known: list[object] = []  # works, far ends, recordings that were dealt with
        self.seen = 0

    def run(self) -> None:
        offer = self.script.journal.offer
        self.line.offer(
            datetime.fromtimestamp(offer["wall"], UTC),
            offer["caller"],
            offer["dialled"],
            offer["headers"],
            offer["overrides"],
            offer["direction"],
        )
        for _ in range(LONGEST):
            self._look()
            if self.unknown or not self._turn():
                break
        else:
            self.unknown = f"{self.state}: when it ends"
        self._look()

    @property
    def end(self) -> str:
        """Where he gets to."""
        end = end_of(self._lines(), {})
        assumed = any(end.endswith(f" {to}") for to in self.assumed)
        return UNKNOWN if self.unknown else f"{end}{IF_ANSWERED if assumed else ''}"

    def _lines(self) -> Iterator[Line]:
        """What of its journal tells where it got to."""
        for _, thing, _ in self.line.log:
            if isinstance(thing, _KEPT):
                yield of_effect(thing)
            elif isinstance(thing, ReferDone):
                yield {"event": "refer_done", "id": thing.id, "code": thing.code}

    def _look(self) -> None:
        """What has happened since the last time."""
        log = self.line.log
        for at, thing, _ in log[self.seen :]:
            if isinstance(thing, Play) and not thing.leg and not thing.over:
                self.question = self.words = words_of(of_effect(thing)["prompts"])
            elif isinstance(thing, Dial | Refer | Join | Record | Work):
                self.since, self.done = at, self.done + 1
            elif isinstance(thing, Note) and thing.kind in ("state", "back", "entry"):
                self.since, self.done = at, 0
                if thing.kind == "entry":
                    self.entries += 1
                else:
                    self.state, self.words = thing.detail, ()
                if thing.kind == "state":
                    self.path.append(thing.detail)
        self.seen = len(log)

    def _turn(self) -> bool:
        """The next thing; False: there is none."""
        line = self.line
        if line.over:
            if self.script.by == DIED:
                return False  # nothing was done after the call
            if line.jobs:
                self._work(line.jobs[0])
            return line.step()
        if line.rings_out:
            return self._is_taken()
        self._decide()
        if line.recording is not None and line.recording not in self.known:
            self._speak()
        if self.unknown:
            return False
        if line.session.call.asking and self.met != self.entries:
            self.met = self.entries
            self._ask()
        return self._act() or line.step()

    # -- the caller --------------------------------------------------------------------------------

    def _ask(self) -> None:
        """He is asked something."""
        self.doing, self.due, self.keys = None, FOREVER, ""
        answer = self._answer()
        if answer is None:
            if self.answers or not self._is_where_he_left():
                self.unanswered.append(self.state)
        elif answer.how != "nothing":
            self.doing, self.keys = answer, answer.text
            self.due = FOREVER if self._waits(answer) else self.line.now + answer.after

    def _answer(self) -> Answer | None:
        """What he said to this question; what comes before it is not asked for any more."""
        for same in (self._is_here, self._is_asked_elsewhere):
            for at, answer in enumerate(self.answers):
                if same(answer):
                    return self.answers.pop(at)
        return None

    def _is_here(self, answer: Answer) -> bool:
        return self.name(answer.state) == self.state

    def _is_asked_elsewhere(self, answer: Answer) -> bool:
        """The same question, in a state that has another name now."""
        return self._is_elsewhere(answer.state, answer.question, self.question)

    def _is_elsewhere(self, state: str, then: tuple[str, ...], now: tuple[str, ...]) -> bool:
        """Whether *state* is gone, and here is said *now* what was said *then*."""
        same = state not in self.flow.path_names and bool(then) and then == now
        if same and self.state not in self.states:
            self.renamed.setdefault(state, self.state)
        return same

    def name(self, state: str) -> str:
        """What *state* of the journal is called now."""
        return self.renamed.get(state, state)

    def _waits(self, answer: Answer) -> bool:
        return answer.heard_it_out and self.line.playing is not None

    def _act(self) -> bool:
        """What he does next, if nothing else comes before it."""
        line, doing = self.line, self.doing
        if doing is not None and self.met != self.entries:
            self.doing = doing = None  # the answer was complete without the rest
        if doing is not None and self.due == FOREVER and not self._waits(doing):
            self.due = line.now + doing.after
        leaves = self._leaves_at()
        due = self.due if doing is not None else leaves
        if due == FOREVER or due >= line.due:
            return False
        line.pass_until(due)
        if doing is None:
            line.hang_up(self.script.by)
        elif doing.how == "words":
            self.doing = None
            line.say(doing.text, doing.confidence, doing.alternatives)
        else:
            self._press(doing)
        return True

    def _press(self, doing: Answer) -> None:
        line = self.line
        if line.session.call.phase in TAKEN.phases and self.keys:
            key, self.keys = self.keys[0], self.keys[1:]
            line.press(key)
            self.due = line.now + BETWEEN_KEYS
        if not self.keys:
            self.doing = None

    def _leaves_at(self) -> float:
        """When he hangs up: where he did, once he has nothing more to say."""
        left = not self.answers and self._is_where_he_left() and self.done >= self.script.done
        return max(self.line.now, self.since + self.script.patience) if left else FOREVER

    def _is_where_he_left(self) -> bool:
        state = self.script.state
        if not state or self.name(state) == self.state:
            return bool(state)
        return self._is_elsewhere(state, self.script.words, self.words)

    def _speak(self) -> None:
        line = self.line
        self.known.append(line.recording)
        seconds, how = _first(self.recordings, lambda each: True) or (0.0, "silence")
        if seconds:
            line.sound_until(line.now + seconds)
        if how == "stopped":
            line.pass_until(line.now + seconds)
            line.press("#")

    def _is_taken(self) -> bool:
        by = next(each for each in self.script.journal.lines if each.get("event") == "hung_up")
        if by["by"] in ("far_end", "no_answer"):
            self.line.leave_unanswered(by["code"] or GIVEN_UP)
        elif not self.script.answered:
            self.line.hang_up(by["by"])
        else:
            self.line.take_up()
        return True

    # -- the world ---------------------------------------------------------------------------------

    def _decide(self) -> None:
        """What comes of all that the flow asked for."""
        line = self.line
        if line.jobs and line.jobs[0] not in self.known:
            self._work(line.jobs[0])
        for one in line.far_ends.undecided:
            if one not in self.known:
                self._call(one)
        if line.screening is not None and line.screening not in self.known:
            self.known.append(line.screening)
            found, after = _first(self.screened, lambda each: True) or ("human", 1.0)
            line.reveal((Screened(line.screening.id, found), min(after, line.screening.seconds)))

    def _work(self, work: Work) -> None:
        self.known.append(work)
        wanted = asked_for(work.job, work.order)
        found = _first(self.works, lambda each: each[:2] == (work.job, wanted))
        found = found or _first(self.works, lambda each: each[0] == work.job)
        if found is not None:
            _, _, done, took = found
            if done is None:
                return
            made = values(done["value"], self.flow, self.state, work.job, self.script.digits or 4)
            value = made[min(self.option, len(made) - 1)] if done["value"] == MASKED else made[0]
            result = WorkDone(work.id, done["outcome"], value, done["reason"])
            self.line.finish(work, result, took)
        elif work.job in REMEMBERING:
            self.line.finish(work, self.line.memory.does(work, self.line.now), 0.0)
        elif work.job == "mailbox":
            wall = self.line.session.call.time.timestamp()
            self.line.finish(work, self.line.mailboxes.does(work, wall), 0.0)
        else:
            self.unknown = f"{self.state}: what comes of {work.job} {wanted}".rstrip()

    def _call(self, one: FarEnd) -> None:
        self.known.append(one)
        known = _first(self.called, lambda each: each.to == one.to)
        if known is None:
            self.assumed.add(one.to)
        found = known or Called(one.to, 0.0, True, 0.0, TALK, after=FAR_END)
        due, decide = self.line.now + found.after, self.line.far_ends.decide
        if found.answered:
            accepts = [act.arguments.get("accept", "") for act in self._acts("transfer")]
            key = next(iter(accepts), "") if found.joined is not None else ""
            decide(one, due, "answered", CODES["answered"], found.talk, key)
        elif found.code is not None:
            outcome = outcome_of(found.code, found.reason)
            if outcome == "answered" and not one.id:  # it left before there was any sound
                outcome = "no_answer"
            code = found.code if outcome_of(found.code) == outcome else CODES[outcome]
            decide(one, due, outcome, code, None, "")

    def _acts(self, verb: str) -> list[Any]:
        state = self.flow.states.get(self.state)
        return [act for act in state.does if act.verb.name == verb] if state else []


def _first(items: list[T], wanted: Callable[[T], bool]) -> T | None:
    """The first of *items* that is *wanted*, which is taken out."""
    for at, item in enumerate(items):
        if wanted(item):
            return items.pop(at)
    return None

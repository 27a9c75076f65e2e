"""A caller who does what a journal says, told as a story.

How it works.  The call is made again, on a simulated line: each fact that came from outside (a key,
the end of some work, a far end that is busy) is told at its place (`pace`).  What happens by itself
(the end of a prompt, a timer) happens on the way.

What the journal masks is stood in for (`stand_ins`).  The call must take the same way; where it
does not, it is made again with other stand-ins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import tee
from typing import Any

from ...engine.effects import Text, Work
from ...engine.events import Event
from ...engine.far_end import outcome_of
from ...engine.phase import KEYS as TAKEN
from ...engine.trace import MASK
from ...testing import SimulatedCall
from ...testing.line import SECONDS_PER_WORD
from ...testing.transfers import CODES
from .journal import Line, way
from .pace import PARTS, Pace, WentElsewhere
from .stand_ins import DIGIT, first, values

KNOWN = ("caller", "flow", "operator", "timeout", "error", "far_end", "no_answer")
"""Who a story can say ended the call; where the line did, there the caller hangs up."""
ANY = "5"  # a key that nobody asks for
SHORT = 0.01  # seconds of speech, of which nobody knows how long it took
LONGEST = 20_000  # steps of the line in one call


class Follower(Pace):
    """One attempt to make the call again."""

    __slots__ = ()

    def follow(self) -> None:
        """Make it.  Raises `WentElsewhere`, `StoryError`."""
        self.call = SimulatedCall(self.flow, **self.offer)
        self._way, before = iter(self.journal.way), 0
        for index, line in enumerate(self.journal.lines):
            self._index = index
            what = line.get("event")
            if index in self._skipped or self._is_part(index, line):
                self._passed += index not in self._skipped
                self._now_at(line)
                continue
            tell = _FACTS.get(what or f"{line.get('effect')} begins")
            if tell is not None:
                self._before = before
                tell(self, index, line)
                self._is_told()
            before += sum(1 for _ in way([line]))
        self._come_to_the_end()

    @property
    def parted(self) -> int:
        """Which line of the journal it could not follow."""
        marks = 0
        for index, line in enumerate(self.journal.lines[: self._index]):
            marks += sum(1 for _ in way([line]))
            if marks > self._marks:
                return index
        return self._index

    def _answered(self, index: int, line: Line) -> None:
        self._come(line)
        self._tell("is_answered")

    def _digit(self, index: int, line: Line) -> None:
        self._come(line)
        call = self._line.session.call
        dropped, rest_until = self._is_dropped(index), self._line.session.rest_until
        if dropped and self._line.now >= rest_until:
            return  # it was as if it had not been
        if not dropped and self._line.now < rest_until < self._line.due:
            self._line.pass_until(rest_until)  # more time had passed then
        if self._line.over or call.phase not in TAKEN.phases:
            return
        key = line["key"]
        if key == MASK and not call.reading:
            key = self.choices.pick(self._keys(index))
        self._press(key)

    def _is_dropped(self, index: int) -> bool:
        """Whether the key at *index* was the rest of an entry that was wrong."""
        return any(each.get("kind") == "dropped" for each in self._effects(index))

    def _press(self, key: str) -> None:
        last = self.told[-1] if self.told else None
        if self.call.state in self.flow.path_names and (last is None or last.name != "is_in"):
            self._tell("is_in", state=self.call.state)
        self._tell("presses", keys=key)

    def _keys(self, index: int) -> Sequence[str]:
        """Which keys the masked one at *index* may have been, the likeliest first."""
        call, far_ends = self._line.session.call, self._line.far_ends
        if self._is_dropped(index):
            later = self._find(index, event="digit")
            ends = later >= 0 and not self._is_dropped(later)
            return ["#", ANY, "*"] if ends else [ANY, "#", "*"]
        entry = next((e["detail"] for e in self._effects(index) if e.get("kind") == "entry"), "")
        if far_ends.joined is not None:
            ending = self._find(index, kind="transfer")
            caught = ending >= 0 and "caught" in self.journal.lines[ending]["detail"]
            return first("*#") if caught else [ANY]
        if call.asking:
            return first(DIGIT) if not entry or entry.endswith(MASK) else first(entry[-1])
        typed = "".join(_typed(detail) for detail in self._entries_left())
        ahead = typed[len(call.keys) : len(call.keys) + 1]
        if typed:
            return first(ahead.strip("?") + ANY)
        # A terminator that comes late is as if it had not been.
        return [ANY] if any(self._effects(index)) else [ANY, "#"]

    def _entries_left(self) -> list[str]:
        """The entries that are still to come."""
        self._check()
        self._way, left = tee(self._way)
        return [detail for kind, detail in left if kind == "entry"]

    def _speech_started(self, index: int, line: Line) -> None:
        if self._is_only_noticed(index):
            self._come(line)
            return self._tell("mumbles", seconds=SHORT)
        failed = self._find(index, event="listen_failed")
        heard = self._find(index, event="heard")
        if heard >= 0 and not 0 <= failed < heard:
            self._come(line)
            end = self.journal.lines[heard]
            self._say(end, max(0.01, round(end["at"] - line["at"], 3)))
            self._skip(index, heard, "speech_started", "heard", "play_done")

    def _is_only_noticed(self, index: int) -> bool:
        """Whether no words were listened for."""
        ears = (each for each in self.journal.lines[:index] if each.get("effect") == "listen")
        ear = list(ears)[-1:]
        return bool(ear) and not (ear[0].get("phrases") or ear[0].get("loop"))

    def _heard(self, index: int, line: Line) -> None:
        """Of what nobody noticed that it began."""
        self._come(line)
        self._say(line, SHORT)

    def _say(self, line: Line, seconds: float) -> None:
        self._now_at(line)
        if self._line.over:
            return
        if not line["text"]:
            return self._tell("mumbles", seconds=seconds)
        said: dict[str, Any] = {"text": line["text"], "confidence": line["confidence"]}
        if line["alternatives"]:
            said["alternatives"] = dict(line["alternatives"])
        if seconds != round(SECONDS_PER_WORD * len(line["text"].split()), 3):
            said["seconds"] = seconds
        self._tell("says", **said)

    def _listen_failed(self, index: int, line: Line) -> None:
        self._come(line)
        if self._line.listening is not None:
            before = [
                each.get("event")
                for each in self.journal.lines[:index]
                if each.get("event") in ("speech_started", "heard", "listen_failed")
            ]
            speaking = before[-1:] == ["speech_started"]
            self._tell("listen_fails", reason=line["reason"], speaking=speaking)

    def _record(self, index: int, line: Line) -> None:
        """What the caller says while he is recorded, and how that ends: at its beginning."""
        done = self._find(index, event="record_done", id=line["id"])
        if done < 0:
            return
        end = self.journal.lines[done]
        between = range(index, done)
        orders = ("moved", "dismissed", "hung_up")
        if any(self.journal.lines[at].get("event") in orders for at in between):
            return
        self._catch_up()
        how, seconds = self._end_of_recording(index, done, line)
        self._skip(index, done, "digit", "interjected", *PARTS, "record_done")
        if how == "hang_up":
            self._skipped.add(self._find(done, event="hung_up"))
        self._tell("leaves_a_message", seconds=seconds, ends_with=how)
        self._now_at(end)

    def _end_of_recording(self, index: int, done: int, begin: Line) -> tuple[str, float]:
        end = self.journal.lines[done]
        kept = round(end["seconds"], 3) if end["file"] else 0.0
        for at in range(index, done):
            key = self.journal.lines[at]
            stops = any(e.get("effect") == "stop" for e in self._effects(at))
            if key.get("event") == "digit" and stops:
                return self.choices.pick(first("#")), kept
            if key.get("event") == "tick" and stops:
                return "silence", _until_its_time_was_up(begin, end, kept)
        match end["reason"]:
            case "error":
                return "failure", kept
            case "hang_up" | "crash":
                return "hang_up", kept
            case "silence":
                return "silence", kept
        return "silence", _until_its_time_was_up(begin, end, kept)

    def _leg_ended(self, index: int, line: Line) -> None:
        to = self._called(index, "dial", leg=line["leg"])
        after, outcome = self._since(line), outcome_of(line["code"], line["reason"])
        self._transferred(to, "no_answer" if outcome == "answered" else outcome, line, after)

    def _refer_done(self, index: int, line: Line) -> None:
        to, after = self._called(index, "refer", id=line["id"]), self._since(line)
        self._transferred(to, outcome_of(line["code"], line["reason"]), line, after)

    def _transferred(self, to: str, result: str, line: Line, after: float) -> None:
        if not any(each.to == to for each in self._line.far_ends.undecided):
            return
        facts: dict[str, Any] = {"to": to, "result": result, "after": after}
        code = line["code"]  # 0: none came
        if code and outcome_of(code) == result and code != CODES[result]:
            facts["code"] = code
        self._tell("is_transferred_to", **facts)

    def _leg_answered(self, index: int, line: Line) -> None:
        leg = line["leg"]
        joined = self._find(index, effect="join", leg=leg, early=False)
        ended = self._find(index, event="leg_ended", leg=leg)
        if joined < 0 and ended < 0 and not self._is_given_up(index, leg):
            to = self._called(index, "dial", leg=leg)
            after = self._since(line)
            facts = {"to": to, "result": "listening", "after": after}
            return self._tell("is_transferred_to", **facts)
        facts = {"to": self._called(index, "dial", leg=leg), "after": self._since(line)}
        last = ended
        if joined < 0:
            gone = max(ended, self._find(index, effect="drop", leg=leg))
            self._skip(index, gone, *PARTS)
            self._now_at(self.journal.lines[gone])
        else:
            pressed = self._find(index, event="leg_digit", leg=leg)
            if 0 <= pressed < joined:
                facts["presses"] = self.choices.pick(first("1"))
            if ended > joined:
                facts["talk"] = self._between(joined, ended)
                self._skip(index, ended, "digit", "interjected", *PARTS)
            else:
                facts["result"] = "talking"
                self._skip(index, joined, *PARTS)
                last = joined
            self._now_at(self.journal.lines[last])
        self._skip(index, last, "leg_digit", "leg_ended")
        self._tell("is_transferred_to", **facts)

    def _is_given_up(self, index: int, leg: int) -> bool:
        """Whether he who answered did not take the call in time."""
        gone = self._find(index, effect="drop", leg=leg)
        events = [each.get("event") for each in self.journal.lines[:gone] if "event" in each]
        return gone >= 0 and events[-1] == "tick"

    def _called(self, index: int, effect: str, **of: int) -> str:
        """Whom that leg, or that referral, was to."""
        for line in self.journal.lines[:index]:
            if line.get("effect") == effect and all(line[name] == of[name] for name in of):
                return str(line["to"])
        raise WentElsewhere

    def _screened(self, index: int, line: Line) -> None:
        facts: dict[str, Any] = {"found": line["found"], "after": self._since(line)}
        if self._line.screening is None:
            return
        beep = self._find(index, event="screened", found="beep")
        if line["found"] == "machine" and beep >= 0:
            facts["beep"] = self._between(index, beep)
            self._skip(index, beep, "screened")
        self._tell("is_screened_as", **facts)

    def _work_done(self, index: int, line: Line) -> None:
        after = self._since(line)
        work: Work | None = next(iter(self._line.jobs), None)
        if work is None:
            return
        facts: dict[str, Any] = {"job": work.job, "result": line["outcome"], "after": after}
        if line["value"] is not None:
            state = self.call.state
            made = values(line["value"], self.flow, state, work.job, self.digits)
            facts["value"] = self.choices.pick(made)
        if line["reason"]:
            facts["reason"] = line["reason"]
        self._tell("waits_for", **facts)

    def _moved(self, index: int, line: Line) -> None:
        self._come(line)
        log, known = self._line.log, len(self._line.log)
        self._tell("is_moved_to", state=line["state"])
        events = sum(isinstance(thing, Event) for _, thing, _ in log[known:])
        self._passed = 1 - events  # the sentence waits a little

    def _interjected(self, index: int, line: Line) -> None:
        self._come(line)
        match line["prompt"]:
            case str(prompt):
                self._tell("is_interrupted_with", prompt=prompt)
            case {"text": words}:
                self._tell("is_interrupted_with", prompt=Text(words))
            case _:
                raise WentElsewhere

    def _dismissed(self, index: int, line: Line) -> None:
        self._come(line)
        self._tell("is_dismissed")

    def _hung_up(self, index: int, line: Line) -> None:
        by = line["by"]
        if by in ("far_end", "no_answer"):
            self._come(line)
            return self._tell("is_not_answered", code=line["code"] or 480)
        if by in ("flow", "operator", "timeout"):
            return self._let_it_end()
        self._come(line)
        if not self._line.over:
            self._tell("hangs_up")

    def _let_it_end(self) -> None:
        """The flow ends it by itself."""
        self._catch_up()
        line = self._line
        for _ in range(LONGEST):
            if line.over or line.jobs or not line.step():
                break
            self._check()

    def _come_to_the_end(self) -> None:
        self._catch_up()
        by, of_the_line = self.journal.by, self._find(-1, event="hung_up", by="error") >= 0
        self._tell("is_over", **({"by": by} if by in KNOWN and not of_the_line else {}))
        self._check()
        if next(self._way, None) is not None:
            raise WentElsewhere
        known = [state for state in self.call.path if state in self.flow.path_names]
        if known:
            self._tell("goes_through", *known)


_FACTS: Mapping[str, Callable[[Follower, int, Line], None]] = {
    "answered": Follower._answered,
    "digit": Follower._digit,
    "speech_started": Follower._speech_started,
    "heard": Follower._heard,
    "listen_failed": Follower._listen_failed,
    "record begins": Follower._record,
    "leg_answered": Follower._leg_answered,
    "leg_ended": Follower._leg_ended,
    "refer_done": Follower._refer_done,
    "screened": Follower._screened,
    "work_done": Follower._work_done,
    "moved": Follower._moved,
    "interjected": Follower._interjected,
    "dismissed": Follower._dismissed,
    "hung_up": Follower._hung_up,
}


def _until_its_time_was_up(begin: Line, end: Line, kept: float) -> float:
    """How long the caller spoke on a recording that was as long as it may be."""
    if not end["file"]:
        return 0.0
    longest, silence = float(begin["max_seconds"]), begin["silence"]
    fell_silent = kept < longest and (not silence or kept + silence > longest)
    return kept if fell_silent else longest + 1


def _typed(entry: str) -> str:
    """The keys of an entry, ``?`` for those that are secret."""
    how, _, keys = entry.replace("cut off", "cut_off").partition(" ")
    return "" if how in ("heard", "no_input") else keys.replace(MASK * 3, "?")

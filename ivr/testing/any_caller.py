"""Callers that nobody thought of, for property tests with Hypothesis.

A caller is drawn while he calls: at each moment he does one of the things that could happen then.
What he did is a story; Hypothesis makes it as short as it can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..engine.flow import Flow
from ..engine.phase import KEYS as TAKEN
from .any_answer import Arguments, keys_of, secrets_in, work_of
from .line import SimulatedLine
from .reading import read_flow
from .simulated_call import BETWEEN_KEYS, SimulatedCall
from .steps import Step, sentence

PERSEVERANCE = 3  # as much more likely is it that callers go on than that they hang up
WAITS = st.sampled_from([1, 5, 20, 60])
FAR_ENDS = st.fixed_dictionaries(
    {
        "result": st.sampled_from(
            ["answered", "busy", "no_answer", "rejected", "unreachable", "failed"]
        ),
        "after": st.just(0),
        "presses": st.sampled_from(["1", "", "2"]),
    }
)
UNDERSTOOD = st.sampled_from([0.9, 0.5, 0.2])

Steps = SearchStrategy[Step]


class Caller:
    """Somebody who called, and the `call`, which is over; shown as the `story` that he told."""

    __slots__ = ("call", "story")

    def __init__(self, call: SimulatedCall) -> None:
        self.call = call
        self.story: list[Step] = []

    def tells(self, step: Step) -> None:
        """Let *step* happen, and remember it."""
        step.tell(self.call)
        self.story.append(step)

    def presses(self, keys: str) -> None:
        """Press *keys*, as far as somebody is there."""
        call, pressed = self.call, ""
        for key in keys:
            if pressed:
                call.waits(BETWEEN_KEYS)
            if call.over:
                break
            call.presses(key)
            pressed += key
        self.story.append(sentence("presses", keys=pressed))

    def __str__(self) -> str:
        """The story, as YAML for a file of scenarios."""
        return "\n".join(["steps:", *(f"  - {step}" for step in self.story)])

    def __repr__(self) -> str:
        return f"the caller of this story:\n{self}"


def callers(
    flow: Flow | str | Path,
    *,
    most: int = 20,
    keys: Sequence[str] = (),
    words: Sequence[str] = (),
    results: Mapping[str, SearchStrategy[Arguments]] | None = None,
    **offer: Any,
) -> SearchStrategy[Caller]:
    """Callers of *flow*, or of the flow file, who do at most so many things each.

    A caller presses what the flow may understand, *keys*, and other keys; says what it listens for,
    *words*, and other words; waits, and hangs up, at any time.  Whom he is transferred to answers,
    or does not.  *results* are what comes of work, by the name of the job, as `waits_for` takes it:
    ``{"http": st.just({"value": {"status": 200}})}``; without them it is what the flow's ``into``
    looks for, an error, or nothing in time.  *offer* is what `SimulatedCall` takes besides.
    Within pytest a file is looked for and read as the `call` fixture does: with what the project in
    the root folder gives to its flows.  Elsewhere it is read by itself.
    Whoever draws one meets a `LoadError` or a `SettingsError` where one of them cannot be read.
    """
    return st.deferred(lambda: _of(flow, most, tuple(keys), tuple(words), results or {}, offer))


def _of(
    flow: Flow | str | Path,
    most: int,
    keys: tuple[str, ...],
    words: tuple[str, ...],
    results: Mapping[str, SearchStrategy[Arguments]],
    offer: Mapping[str, Any],
) -> SearchStrategy[Caller]:
    called = read_flow(Path(flow)) if isinstance(flow, str | Path) else flow
    known = _Known(
        keys_of(called, (*keys, *secrets_in(offer))),
        words,
        {**work_of(called), **results},
    )
    return _callers(called, most, known, offer)


@dataclass(frozen=True, slots=True)
class _Known:
    """What may happen in calls of a flow."""

    keys: Mapping[str, SearchStrategy[str]]
    words: tuple[str, ...]
    work: Mapping[str, SearchStrategy[Arguments]]

    def of(self, line: SimulatedLine) -> Iterator[Steps]:
        """What could happen now; the more likely it is the more often.

        Whatever makes the shortest story comes first: that is how Hypothesis shortens.
        """
        if line.rings_out:
            yield st.just(sentence("is_not_answered"))
            yield from [st.just(sentence("is_answered"))] * 3
            return
        yield st.just(sentence("hangs_up"))
        yield WAITS.map(lambda seconds: sentence("waits", seconds=seconds))
        yield from self._what_others_do(line)
        if line.session.call.phase in TAKEN.phases:
            keys = self.keys.get(line.session.call.state, self.keys[""])
            likely = 4 if line.session.call.asking else 1
            yield from [keys.map(lambda keys: sentence("presses", keys=keys))] * likely
        if line.session.call.answered:
            yield from self._speech(line)

    def _what_others_do(self, line: SimulatedLine) -> Iterator[Steps]:
        if line.far_ends.undecided:
            to = line.far_ends.undecided[0].to
            yield from [
                FAR_ENDS.map(lambda given: sentence("is_transferred_to", to=to, **given))
            ] * 6
        if line.jobs:
            yield from [self.result(line)] * 6
        if line.screening is not None:
            found = st.sampled_from(["human", "machine", "silence", "beep"])
            yield from [found.map(lambda who: sentence("is_screened_as", found=who))] * 3

    def _speech(self, line: SimulatedLine) -> Iterator[Steps]:
        yield st.sampled_from([1, 8]).map(lambda seconds: sentence("mumbles", seconds=seconds))
        listen = line.listening
        if listen is not None:
            said = st.sampled_from([*listen.phrases, *listen.loop, *self.words, "well then"])
            texts = st.lists(said, min_size=1, max_size=3 if listen.loop else 1).map(" ".join)
            yield from [
                st.builds(lambda t, c: sentence("says", text=t, confidence=c), texts, UNDERSTOOD)
            ] * 2

    def result(self, line: SimulatedLine) -> Steps:
        """What comes of the work that the flow waits for."""
        job = line.jobs[0].job
        return self.work.get(job, self.work[""]).map(
            lambda given: sentence("waits_for", job=job, **given)
        )


@st.composite
def _callers(
    draw: DrawFn, flow: Flow, most: int, known: _Known, offer: Mapping[str, Any]
) -> Caller:
    caller = Caller(SimulatedCall(flow, **offer))
    line = caller.call._line
    while not line.over and len(caller.story) < most:
        first, *others = known.of(line)
        step = draw(draw(st.sampled_from([first, *others * PERSEVERANCE])))
        if step.name == "presses":
            caller.presses(step.named["keys"])
        else:
            caller.tells(step)
    if not line.over:
        caller.tells(sentence("is_not_answered" if line.rings_out else "hangs_up"))
    while line.jobs:  # what the flow does after the call
        caller.tells(draw(known.result(line)))
    caller.tells(sentence("is_over"))
    return caller

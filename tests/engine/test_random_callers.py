"""Any facts, in any order, at any time: no session crashes, and every one ends."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine import trace
from ivr.engine.effects import (
    Dial,
    Drop,
    Effect,
    HangUp,
    Listen,
    Note,
    Play,
    Record,
    Refer,
    Screen,
    Stop,
    Unlisten,
)
from ivr.engine.events import (
    Answered,
    Digit,
    Dismissed,
    Event,
    Heard,
    HungUp,
    Interjected,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegRinging,
    ListenFailed,
    Moved,
    PlayDone,
    RecordDone,
    ReferDone,
    Screened,
    SpeechStarted,
    Tick,
)
from ivr.engine.flow import Flow
from ivr.engine.session import Session

from .driver import FINAL, Driver
from .random_flows import flows

IDS = st.integers(0, 12)
FACTS: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from("0123456789*#AD").map(Digit),
    st.sampled_from("123#").map(Digit),
    st.sampled_from([Answered(), SpeechStarted(), Tick(), ListenFailed("crashed")]),
    st.sampled_from([Heard("word", 0.5, (("wordword", 0.5),)), Heard("hm", 0.2), Heard("yes")]),
    st.sampled_from([Heard("one two three"), Heard("one", 0.5, (("two", 0.4),)), Heard("no")]),
    st.builds(PlayDone, IDS),
    st.builds(
        RecordDone,
        IDS,
        st.just(5.0),
        st.sampled_from(["stopped", "silence", "max_time", "error"]),
        st.sampled_from(["", "message.wav"]),
    ),
    st.builds(LegRinging, IDS, st.just(183), st.booleans()),
    st.builds(LegAnswered, IDS),
    st.builds(LegDigit, IDS, st.sampled_from("12")),
    st.builds(LegEnded, IDS, st.sampled_from([0, 200, 302, 486, 503])),
    st.builds(ReferDone, IDS, st.sampled_from([0, 200, 486])),
    st.builds(Screened, IDS, st.sampled_from(["human", "machine", "beep", "silence"])),
    st.sampled_from([Moved("s0"), Moved("s1"), Moved("nowhere")]),
    st.sampled_from([Interjected("news"), Interjected("news"), Dismissed()]),
)
PLAY_ENDS = "play ends"
ACTIONS = st.lists(
    FACTS | st.sampled_from([0.01, 0.5, 3.0, 5.0, 30.0]) | st.just(PLAY_ENDS), max_size=40
)


class Watched(Driver):
    """Looks at every answer of the session."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow=flow)
        self.facts: list[tuple[Event, float]] = []
        self.answers: list[list[Effect]] = []
        self.over = False
        self.listening = False
        self.sounding: int | None = None
        self.running: set[int] = set()

    def take(self, event: Event) -> list[Effect]:
        if isinstance(event, PlayDone) and event.id == self.sounding:
            self.sounding = None
        elif isinstance(event, RecordDone | ReferDone) or (
            isinstance(event, Screened) and event.found != "machine"
        ):
            self.running.discard(event.id)
        elif isinstance(event, LegEnded):
            self.running.discard(-event.leg)
        was_over, seen = self.over, len(self.notes)
        effects = super().take(event)
        self.facts.append((event, self.now))
        self.answers.append([*effects, *self.notes[seen:]])
        for effect in effects:
            self._watch(effect)
        self.over = self.over or isinstance(event, HungUp)
        assert not (was_over and effects), "nothing once it is over"
        assert self.session.ended == self.over
        if self.over:
            assert self.session.deadline is None
            assert not self.listening and not self.running
            assert self.sounding is None or HangUp(after=self.sounding) in self.effects
        else:
            assert self.session.deadline is not None
            assert self.session.deadline > self.now - 1e-6, "a sum of floats may be less"
        return effects

    def _watch(self, effect: Effect) -> None:
        json.dumps(trace.of_effect(effect))
        assert not self.over or isinstance(effect, Stop | Drop | Unlisten), "nothing after the end"
        match effect:
            case Play(over=True) | Play(leg=1 | 2):
                pass
            case Play(id=id):
                assert self.sounding is None, "one playback at a time"
                self.sounding = id
            case Record(id=id) | Screen(id=id) | Refer(id=id):
                assert id not in self.running
                self.running.add(id)
            case Dial(leg=leg):
                assert -leg not in self.running
                self.running.add(-leg)
            case Drop(leg=leg):
                self.running.discard(-leg)
            case Stop(id):
                self.running.discard(id)
                self.sounding = None if id == self.sounding else self.sounding
            case Listen() | Unlisten():
                assert self.listening == isinstance(effect, Unlisten)
                self.listening = not self.listening
        self.over = self.over or isinstance(effect, FINAL)

    def goes_through(self, actions: list[Event | float | str]) -> None:
        self.offered()
        for action in actions:
            match action:
                case float():
                    self.wait(action)
                case str():
                    if self.playing:
                        self.play_done()
                case _:
                    self.take(action)
            if Answered() not in [fact for fact, _ in self.facts]:
                self.take(Answered())


def replay(flow: Flow, facts: list[tuple[Event, float]]) -> list[list[Effect]]:
    session = Session(flow, "call-1")
    answers = [session.handle(event, now) for event, now in facts]
    return [
        [e for e in answer if not isinstance(e, Note)] + [e for e in answer if isinstance(e, Note)]
        for answer in answers
    ]


@settings(max_examples=250)
@given(flows(), ACTIONS)
def test_a_correct_flow_survives_every_caller(
    flow: Flow, actions: list[Event | float | str]
) -> None:
    phone = Watched(flow)
    phone.goes_through(actions)
    phone.take(HungUp())
    assert phone.session.ended
    assert phone.noted("failed") == []
    assert len(phone.noted("end")) == 1
    assert phone.take(HungUp()) == phone.take(Digit("1")) == phone.wait(1e6) == []


@settings(max_examples=100)
@given(flows(broken=True), ACTIONS)
def test_a_broken_flow_hurts_its_own_call_only(
    flow: Flow, actions: list[Event | float | str]
) -> None:
    phone = Watched(flow)
    phone.goes_through(actions)
    phone.wait(5 * 3600)
    assert phone.session.ended, "without any help of the caller"
    assert len(phone.noted("end")) == 1


@settings(max_examples=100)
@given(flows(), ACTIONS)
def test_the_same_facts_at_the_same_times_have_the_same_effects(
    flow: Flow, actions: list[Event | float | str]
) -> None:
    phone = Watched(flow)
    phone.goes_through(actions)
    phone.take(HungUp())
    assert replay(flow, phone.facts) == phone.answers


@settings(max_examples=100)
@given(flows(), ACTIONS)
def test_an_impatient_clock_changes_nothing(flow: Flow, actions: list[Event | float | str]) -> None:
    """A tick before the deadline is not heard."""
    phone = Watched(flow)
    phone.goes_through(actions)
    before = phone.session.deadline
    if before is not None and before > phone.now:
        assert phone.take(Tick()) == []
        assert phone.session.deadline == before

"""What a worker counts: calls walked by hand in virtual time, and the numbers that come of them."""

import json
from collections.abc import Awaitable, Callable

import pytest

from ivr import END, Call, Choices, Flow, answer, ask, collect, record, reject, say, transfer
from ivr.engine import events as ev
from ivr.engine.acceptance import accepted
from ivr.engine.effects import Play, Record
from ivr.engine.session import Session
from ivr.engine.verb import Result
from ivr.tally import Tally

MEDIA = {"packets_received": 500, "packets_lost": 3, "jitter_ms": 4.0}


def one(*verbs: Callable[[Call], Awaitable[Result]]) -> Flow:
    """A flow that answers, does *verbs* and ends."""
    flow = Flow("one", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        for verb in verbs:
            await verb(call)
        return "done"

    return flow.check()


class Counted:
    """A call that is counted; every effect is carried out 2 ms after its event."""

    def __init__(self, flow: Flow, id: str = "a", tally: Tally | None = None) -> None:
        self.now = 1000.0
        self.session = Session(flow, id)
        self.tally = tally or Tally(dict)
        self.last = {Play: 0, Record: 0}

    def take(self, *events: ev.Event) -> None:
        for event in events:
            effects = self.session.handle(event, self.now)
            for effect in effects:
                if isinstance(effect, Play | Record):
                    self.last[type(effect)] = effect.id
            self.tally.saw(self.session, event, effects, self.now, self.now + 0.002)

    def begin(self) -> None:
        self.take(ev.Offered("alice", "100"))
        self.now += 0.02
        self.take(ev.Answered())

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.take(ev.Tick())

    def end(self, by: str = "caller", code: int = 0) -> None:
        self.take(ev.HungUp(by, code, media=MEDIA if self.session.call.answered else {}))

    def counts(self) -> dict[tuple[str, ...], float]:
        """Everything counted: a count, or how many a distribution has; without `ivr_`."""
        delta = json.loads(json.dumps(self.tally.take() or {}))
        return {
            (name.removeprefix("ivr_"), *labels): row[0] if len(row) == 1 else sum(row[1:])
            for name, rows in delta.items()
            for labels, row in rows
        }


def of(counts: dict[tuple[str, ...], float], name: str) -> dict[tuple[str, ...], float]:
    return {key[1:]: number for key, number in counts.items() if key[0] == name}


def menu() -> Flow:
    flow = Flow("menu", start="greet")

    @flow.state(done="choose")
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        return (await say(call, "welcome")).outcome

    @flow.state(sales=END, no_input="choose_again", no_match="choose_again")
    async def choose(call: Call) -> str:
        return (await ask(call, "menu", choices=Choices({"sales": ["1"]}), attempts=2)).outcome

    @flow.state(sales=END, no_input=END, no_match=END)
    async def choose_again(call: Call) -> str:
        return (await ask(call, "menu", choices=Choices({"sales": ["1"]}), attempts=1)).outcome

    return flow.check()


def test_a_call_through_a_menu() -> None:
    call = Counted(menu())
    call.begin()
    call.now += 3
    call.take(ev.PlayDone(call.last[Play]))  # the welcome; the menu begins
    call.take(ev.Digit("7"))  # cuts it short, is no choice, and is asked again
    call.take(ev.PlayDone(call.last[Play]))
    call.wait(5)
    call.take(ev.PlayDone(call.last[Play]))
    call.take(ev.Digit("1"))
    call.now += 1
    call.end("flow")
    assert call.counts() == {
        ("calls_offered", "menu"): 1,
        ("calls_ended", "menu", "flow", "completed", "200"): 1,
        ("state_entries", "menu", "greet"): 1,
        ("state_entries", "menu", "choose"): 1,
        ("state_entries", "menu", "choose_again"): 1,
        ("inputs", "menu", "choose", "no_match"): 1,
        ("inputs", "menu", "choose", "no_input"): 1,
        ("inputs", "menu", "choose_again", "typed"): 1,
        ("answer_seconds",): 1,
        ("reaction_seconds",): 1,
        ("barge_in_seconds",): 1,
        ("call_seconds", "menu"): 1,
        ("rtp_received_packets",): 500,
        ("rtp_lost_packets",): 3,
        ("rtp_jitter_seconds",): 1,
    }
    assert call.tally.take() is None


def test_distributions_have_a_sum_and_a_bucket() -> None:
    call = Counted(menu())
    call.begin()
    delta = call.tally.take()
    assert delta is not None
    ((labels, row),) = delta["ivr_answer_seconds"]
    assert labels == [] and row[0] == pytest.approx(0.02)
    assert row.index(1) == 4  # above 10 ms, up to 25 ms


def test_what_a_caller_types_is_in_no_label() -> None:
    call = Counted(one(lambda call: collect(call, "number", into="number", max=4)))
    call.begin()
    for key in "4711":
        call.take(ev.Digit(key))
    assert of(call.counts(), "inputs") == {("one", "only", "typed"): 1}


def test_a_flow_cannot_make_labels_of_its_own() -> None:
    async def chatter(call: Call) -> Result:
        for kind in ("state", "entry", "transfer"):
            call.note(kind, f"{call.caller} was here")
        return await say(call, "welcome")

    call = Counted(one(chatter))
    call.begin()
    assert not any("alice" in part for key in call.counts() for part in key)


def test_who_leaves_is_counted_where_he_leaves() -> None:
    call = Counted(menu())
    call.begin()
    call.end("caller")
    counts = call.counts()
    assert of(counts, "calls_abandoned") == {("menu", "greet"): 1}
    assert of(counts, "calls_ended") == {("menu", "caller", "abandoned", "200"): 1}


def test_who_gives_up_before_the_answer_has_abandoned_too() -> None:
    call = Counted(menu())
    call.take(ev.Offered("alice", "100"))
    call.end("caller", 487)
    counts = call.counts()
    assert of(counts, "calls_ended") == {("menu", "caller", "abandoned", "487"): 1}
    assert not of(counts, "call_seconds") and not of(counts, "rtp_received_packets")


@pytest.mark.parametrize("file", ["message.wav", ""])
def test_who_hangs_up_after_a_message_has_done_what_he_wanted(file: str) -> None:
    call = Counted(one(record))
    call.begin()
    call.take(ev.PlayDone(call.last[Play]))
    call.take(ev.RecordDone(call.last[Record], 4.0 if file else 0.0, "hang_up", file))
    call.end()
    result = "completed" if file else "abandoned"
    assert of(call.counts(), "calls_ended") == {("one", "caller", result, "200"): 1}


@pytest.mark.parametrize("by", ["far_end", "no_answer", "drain"])
def test_a_call_out_that_nobody_takes(by: str) -> None:
    call = Counted(menu())
    call.take(ev.Offered("100", "601", direction="out"))
    call.end(by, 486)
    counts = call.counts()
    assert of(counts, "calls_ended") == {("menu", by, "not_reached", "486"): 1}
    assert not of(counts, "calls_abandoned") and not of(counts, "answer_seconds")


def test_a_call_out_that_a_mailbox_takes() -> None:
    call = Counted(accepted(menu(), "1", "accept"))
    call.take(ev.Offered("100", "601", direction="out"), ev.Answered())
    for _ in range(2):
        call.take(ev.PlayDone(call.last[Play]))
        call.wait(5)
    call.end("flow")
    counts = call.counts()
    assert of(counts, "calls_ended") == {("menu", "flow", "not_reached", "200"): 1}
    assert not of(counts, "answer_seconds")  # how long it rang says nothing of us


def test_a_call_out_that_goes_well() -> None:
    call = Counted(accepted(menu(), "1", "accept"))
    call.take(ev.Offered("100", "601", direction="out"), ev.Answered(), ev.Digit("1"))
    call.end()
    assert of(call.counts(), "calls_ended") == {("menu", "caller", "abandoned", "200"): 1}


def test_a_refused_call() -> None:
    flow = Flow("closed", start="only")

    @flow.state()
    async def only(call: Call) -> str:
        return (await reject(call, 486)).outcome

    call = Counted(flow.check())
    call.take(ev.Offered("alice", "100"))
    call.end("flow", 486)
    assert of(call.counts(), "calls_ended") == {("closed", "flow", "refused", "486"): 1}


@pytest.mark.parametrize("by", ["drain", "media_timeout", "operator", "error"])
def test_a_call_that_was_cut(by: str) -> None:
    call = Counted(menu())
    call.begin()
    call.end(by)
    assert of(call.counts(), "calls_ended") == {("menu", by, "cut", "200"): 1}


def test_a_flow_that_breaks() -> None:
    async def broken(call: Call) -> Result:
        raise ZeroDivisionError

    call = Counted(one(broken))
    call.begin()
    call.end("flow")
    counts = call.counts()
    assert of(counts, "calls_ended") == {("one", "error", "failed", "200"): 1}
    assert of(counts, "flow_failures") == {(): 1}


def test_an_answered_transfer_is_counted_once_though_it_is_told_twice() -> None:
    call = Counted(one(lambda call: transfer(call, "sip:601@pbx")))
    call.begin()
    call.take(ev.LegAnswered(1), ev.LegEnded(1, 200))
    call.end("flow")
    counts = call.counts()
    assert of(counts, "transfers") == {("one", "answered"): 1}
    assert of(counts, "calls_ended") == {("one", "flow", "transferred", "200"): 1}


def test_hanging_up_on_the_far_end_abandons_nothing() -> None:
    call = Counted(one(lambda call: transfer(call, "sip:601@pbx")))
    call.begin()
    call.take(ev.LegAnswered(1))
    call.end()
    counts = call.counts()
    assert of(counts, "transfers") == {("one", "answered"): 1}
    assert of(counts, "calls_ended") == {("one", "caller", "transferred", "200"): 1}
    assert not of(counts, "calls_abandoned")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(486, "busy"), (480, "no_answer"), (603, "rejected"), (404, "unreachable"), (420, "failed")],
)
def test_a_transfer_that_fails(code: int, outcome: str) -> None:
    call = Counted(one(lambda call: transfer(call, "sip:601@pbx")))
    call.begin()
    call.take(ev.LegEnded(1, code))
    call.end("flow")
    counts = call.counts()
    assert of(counts, "transfers") == {("one", outcome): 1}
    assert of(counts, "calls_ended") == {("one", "flow", "completed", "200"): 1}


def test_a_transfer_that_the_caller_does_not_wait_for() -> None:
    call = Counted(one(lambda call: transfer(call, "sip:601@pbx")))
    call.begin()
    call.end()
    assert of(call.counts(), "transfers") == {("one", "abandoned"): 1}


def test_a_transfer_that_is_not_allowed() -> None:
    call = Counted(one(lambda call: transfer(call, "sip:0900@pbx", allow=("6XX",))))
    call.begin()
    assert of(call.counts(), "transfers") == {("one", "rejected"): 1}


def test_an_operators_prompt_does_not_become_what_plays() -> None:
    call = Counted(menu())
    call.begin()
    call.take(ev.Interjected("delays"))
    call.take(ev.PlayDone(call.last[Play]))
    call.take(ev.Digit("1"))  # cuts the welcome short
    assert of(call.counts(), "barge_in_seconds") == {(): 1}


def test_prompts_that_were_replaced_since_the_last_time() -> None:
    replaced = [5]
    tally = Tally(lambda: {"ivr_prompt_fallbacks": replaced[0]})
    assert tally.take() is None  # before this process
    replaced[0] = 7
    assert tally.take() == {"ivr_prompt_fallbacks": [([], [2])]}
    assert tally.take() is None


def test_nothing_is_kept_of_a_call_that_is_over() -> None:
    tally = Tally(dict)
    for id in ("a", "b"):
        call = Counted(menu(), id, tally)
        call.begin()
        call.end()
    assert tally._calls == {}
    assert of(call.counts(), "calls_offered") == {("menu",): 2}

"""The loop that joins a phone and its calls, with a phone whose day is written down beforehand."""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr import END, Call, Choices, Flow, answer, ask, collect, record, say
from ivr.engine import effects as do
from ivr.engine import events as ev
from ivr.engine.call_out import CallOut
from ivr.engine.signalled import Signalled
from ivr.store.journal import Journal
from ivr.worker import Worker

OFFER = ev.Offered("alice", "100", wall=1_763_812_800.0)  # 2025-11-22 12:00 UTC


class ScriptedPhone:
    """Plugs in like the line; each `wait` is one turn of the script."""

    def __init__(self, *turns: list[tuple[str, ev.Event | Signalled]]) -> None:
        self.turns = list(turns)
        self.done: list[tuple[str, do.Effect]] = []
        self.waits: list[float] = []
        self.last: list[tuple[str, ev.Event | Signalled]] = []  # what `stop` tells
        self.refusing = self.stopped = self.woken = False
        self.dialled: list[CallOut] = []
        self.beats = 0
        self.between: Callable[[], None] = lambda: None

    def wait(self, seconds: float) -> list[tuple[str, ev.Event | Signalled]]:
        self.waits.append(seconds)
        self.between()
        return self.turns.pop(0) if self.turns else []

    def perform(self, call_id: str, effect: do.Effect) -> None:
        self.done.append((call_id, effect))

    def dial(self, order: CallOut) -> None:
        self.dialled.append(order)
        self.turns.insert(0, [(order.id, ev.Offered("100", "601", direction="out"))])

    def wake(self) -> None:
        self.woken = True

    def beat(self) -> None:
        self.beats += 1

    def refuse(self) -> None:
        self.refusing = True

    def stop(self) -> list[tuple[str, ev.Event | Signalled]]:
        self.stopped = True
        return self.last

    def told(self, call_id: str) -> list[do.Effect]:
        return [effect for whose, effect in self.done if whose == call_id]


def menu() -> Flow:
    flow = Flow("menu", start="ask_once")

    @flow.state(sales=END, no_input=END, no_match=END)
    async def ask_once(call: Call) -> str:
        await answer(call, settle=0)
        choices = Choices({"sales": ["1"]})
        return (await ask(call, "menu", choices=choices, attempts=1)).outcome

    return flow.check()


class Hall:
    """A worker in a folder of its own, with a clock that only the test moves."""

    def __init__(
        self, folder: Path, flow: Flow | None, *turns: list[tuple[str, ev.Event | Signalled]]
    ) -> None:
        self.now = 1000.0
        self.folder = folder
        self.phone = ScriptedPhone(*turns)
        self.worker = Worker(
            self.phone,
            lambda offer: (flow, offer),
            Journal(folder / "calls", folder / "spool", "w0-1"),
            clock=lambda: self.now,
        )

    def journal(self, call_id: str) -> list[dict[str, object]]:
        (file,) = self.folder.glob(f"calls/*/{call_id}.jsonl")
        return [json.loads(line) for line in file.read_text().splitlines()]


def test_two_calls_do_not_meet(tmp_path: Path) -> None:
    hall = Hall(
        tmp_path,
        menu(),
        [("a", OFFER), ("b", OFFER)],
        [("a", ev.Answered()), ("b", ev.Answered())],
        [("a", ev.Digit("1")), ("b", ev.HungUp())],
    )
    for _ in range(3):
        hall.worker.turn()
    assert hall.phone.told("a")[-2:] == [do.Stop(1), do.HangUp()]
    assert hall.phone.told("b") == [do.Answer(), do.Play(1, ("menu",)), do.Stop(1)]
    assert list(hall.worker.sessions) == ["a"]  # until the line says that it is gone


def test_a_deadline_fires_when_it_is_due_and_the_phone_waits_no_longer(tmp_path: Path) -> None:
    turns: list[list[tuple[str, ev.Event | Signalled]]] = [
        [("a", OFFER)],
        [("a", ev.Answered())],
        [("a", ev.PlayDone(1))],
    ]
    hall = Hall(tmp_path, menu(), *turns)
    for _ in range(4):
        hall.worker.turn()
    assert hall.phone.waits[0] == 0.5  # nothing to do: as long as it may
    hall.now += 4.75
    hall.worker.turn()
    assert hall.phone.waits[-1] == pytest.approx(0.25)
    assert do.HangUp() not in hall.phone.told("a")
    hall.now += 0.25
    hall.worker.turn()
    assert hall.phone.told("a")[-1] == do.HangUp()


def test_a_wall_clock_that_is_set_by_an_hour(tmp_path: Path) -> None:
    """A running call keeps its pace and its time of day; the next one has the new time."""
    later = ev.Offered("bob", "100", wall=OFFER.wall + 3600)
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.Answered()), ("b", later)])
    hall.worker.turn()
    first = hall.worker.sessions["a"].call
    before = first.time
    hall.now += 1
    hall.worker.turn()
    second = hall.worker.sessions["b"].call
    assert (first.time - before).total_seconds() == 1
    assert (second.time - first.time).total_seconds() == 3600 - 1
    hall.phone.turns = [[("a", ev.HungUp()), ("b", ev.HungUp())]]
    hall.now += 1
    hall.worker.turn()
    ends = [hall.journal(call_id)[-1]["at"] for call_id in ("a", "b")]
    assert ends == [2.0, 1.0]


def test_a_number_that_nobody_has_gets_404(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None, [("a", OFFER)], [("a", ev.HungUp())])
    hall.worker.turn()
    hall.worker.turn()
    assert hall.phone.told("a") == [do.Reject(404)]
    assert not hall.worker.sessions
    assert [line.get("effect") for line in hall.journal("a")].count("reject") == 1


def test_events_of_unknown_calls_are_ignored(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("ghost", ev.Digit("1"))])
    hall.worker.turn()
    assert hall.phone.done == []


def broken(step: Callable[[], None]) -> Flow:
    flow = Flow("broken", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        step()
        return "done"

    return flow.check()


@pytest.mark.parametrize("swallow", [False, True])
def test_a_state_that_computes_too_long_is_interrupted(
    tmp_path: Path, swallow: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def compute() -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                sum(range(10_000))
            except Exception:
                assert swallow
                raise

    hall = Hall(tmp_path, broken(compute), [("a", OFFER)], [("a", ev.Answered())])
    began = time.monotonic()
    with caplog.at_level(logging.ERROR):
        hall.worker.turn()
        hall.worker.turn()
    assert time.monotonic() - began < 10  # not the twenty seconds it wanted
    assert hall.phone.beats  # the neighbours hear on
    assert hall.phone.told("a")[-2:] == [do.Play(1, ("sorry",)), do.HangUp(after=1)]
    assert "only: " in caplog.text and "test_worker.py" in caplog.text
    assert "computed for too long" in caplog.text


def test_a_state_that_computes_while_it_tidies_up_is_interrupted_too(tmp_path: Path) -> None:
    flow = Flow("slow", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        try:
            await answer(call, settle=60)
        finally:
            time.sleep(20)
        return "done"

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.HungUp())])
    began = time.monotonic()
    hall.worker.turn()
    hall.worker.turn()
    assert time.monotonic() - began < 10
    assert "computed for too long" in json.dumps(hall.journal("a"))


def test_a_slip_in_a_flow_hurts_its_own_call_only(tmp_path: Path) -> None:
    def slip(call: Call) -> None:
        call.emit(do.Stop)  # type: ignore[arg-type]

    flow = Flow("slip", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        slip(call)
        return "done"

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.Answered())])
    hall.worker.turn()
    hall.worker.turn()
    assert hall.phone.told("a")[-1] == do.HangUp(after=1)
    (failed,) = [line for line in hall.journal("a") if line.get("kind") == "failed"]
    assert "is no effect" in str(failed["detail"])


def test_a_state_that_sleeps_in_a_library_is_interrupted_too(tmp_path: Path) -> None:
    hall = Hall(tmp_path, broken(lambda: time.sleep(20)), [("a", OFFER)], [("a", ev.Answered())])
    began = time.monotonic()
    hall.worker.turn()
    hall.worker.turn()
    assert time.monotonic() - began < 10
    assert hall.phone.told("a")[-1] == do.HangUp(after=1)


def test_the_journal_has_a_line_per_event_and_effect(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.Answered())], [("a", ev.Digit("1"))])
    hall.worker.turn()
    hall.now += 1.5
    hall.worker.turn()
    hall.worker.turn()
    lines = hall.journal("a")
    assert (tmp_path / "calls/2025-11-22").is_dir()
    assert lines[0] == {
        "at": 0.0,
        "call": "a",
        "flow": "menu",
        "version": "",
        "worker": "w0-1",
        "wall": OFFER.wall,
    }
    assert lines[1] == {
        "at": 0.0,
        "event": "offered",
        "caller": "alice",
        "dialled": "100",
        "wall": OFFER.wall,
        "headers": {},
        "overrides": {},
        "caller_lists": [],
        "language": "",
        "direction": "in",
    }
    playing = {"id": 1, "prompts": ["menu"], "language": "", "over": False, "leg": 0}
    assert {"at": 1.5, "effect": "play", **playing} in lines
    assert {"at": 1.5, "event": "digit", "key": "1"} in lines
    assert lines[-1] == {"at": 1.5, "effect": "note", "kind": "end", "detail": "flow"}


def test_the_journal_masks_secrets_and_keys_typed_ahead(tmp_path: Path) -> None:
    flow = Flow("pin", start="pin")

    @flow.state(done=END, no_input=END, no_match=END)
    async def pin(call: Call) -> str:
        await answer(call, settle=0)
        await say(call, "welcome", barge_in="none")
        return (await collect(call, "pin", into="pin", length=4, sensitive=True)).outcome

    keys: list[list[tuple[str, ev.Event | Signalled]]] = [[("a", ev.Digit(key))] for key in "4711"]
    offer = ev.Offered("alice", "100", OFFER.wall, {"authorization": "Digest 4711", "x-a": "b"})
    hall = Hall(
        tmp_path,
        flow.check(),
        [("a", offer)],
        [("a", ev.Answered())],
        [("a", ev.Digit("7"))],
        [("a", ev.PlayDone(1))],
        *keys,
    )
    for _ in range(8):
        hall.worker.turn()
    lines = hall.journal("a")
    assert "4711" not in json.dumps(lines)
    assert [line["key"] for line in lines if line.get("event") == "digit"] == ["*"] * 5
    assert lines[1]["headers"] == {"x-a": "b"}
    assert {"at": 0.0, "effect": "note", "kind": "entry", "detail": "typed ***"} in lines


def test_a_journal_that_cannot_be_written_costs_no_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "file"
    folder.write_text("in the way")
    hall = Hall(folder, menu(), [("a", OFFER)], [("b", OFFER)], [("a", ev.Answered())])
    for _ in range(3):
        hall.worker.turn()
    assert hall.phone.told("a")[0] == do.Answer()
    assert caplog.text.count("journals cannot be written") == 1


def test_drain_lets_live_calls_finish(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.Answered())])
    hall.worker.turn()
    hall.worker.drain()
    hall.phone.turns += [[("a", ev.Digit("1"))], [("a", ev.HungUp("flow"))]]
    hall.worker.run()
    assert hall.phone.woken and hall.phone.refusing and hall.phone.stopped
    assert hall.phone.told("a")[-1] == do.HangUp()


def test_calls_that_outlast_the_drain_are_told_so(tmp_path: Path) -> None:
    flow = Flow("long", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        return (await say(call, "long")).outcome

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.Answered())])

    def pass_time() -> None:
        hall.now += 0.4

    hall.worker.turn()
    hall.worker.turn()
    hall.phone.between = pass_time
    hall.phone.last = [("a", ev.HungUp("drain"))]
    hall.worker.drain()
    hall.worker.run()
    assert hall.now >= 1030
    assert hall.journal("a")[-1]["detail"] == "drain"


def test_a_message_that_the_drain_cut_off_is_in_the_journal(tmp_path: Path) -> None:
    flow = Flow("voicemail", start="only")

    @flow.state(recorded=END, too_short=END, failed=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        return (await record(call, beep=False)).outcome

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.Answered())])
    hall.worker.turn()
    hall.worker.turn()
    hall.worker.drain_seconds = 0.0
    hall.phone.last = [
        ("a", ev.RecordDone(1, 3.5, "hang_up", "a-1.wav")),
        ("a", ev.HungUp("drain")),
    ]
    hall.worker.drain()
    hall.worker.run()
    told = [line["event"] for line in hall.journal("a") if "event" in line]
    assert told == ["offered", "answered", "record_done", "hung_up"]


def test_a_call_has_a_marker_until_its_record_is_made(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.HungUp())])
    hall.worker.turn()
    assert (tmp_path / "spool/open/w0-1/a").samefile(tmp_path / "calls/2025-11-22/a.jsonl")
    hall.worker.turn()
    assert not list((tmp_path / "spool/open/w0-1").iterdir())
    assert (tmp_path / "spool/done/a").samefile(tmp_path / "calls/2025-11-22/a.jsonl")


def test_a_call_out_walks_through_its_flow_once_it_is_answered(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None)
    hall.worker.dial(CallOut("a", "sip:601@pbx", "menu", accept=""), menu())
    hall.worker.turn()
    assert hall.phone.dialled[0].to == "sip:601@pbx"
    assert hall.phone.told("a") == []
    hall.phone.turns.append([("a", ev.Answered())])
    hall.worker.turn()
    assert [type(effect) for effect in hall.phone.told("a")] == [do.Play]


def test_a_call_out_that_nobody_takes_has_a_journal(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None)
    hall.worker.dial(CallOut("a", "sip:601@pbx", "menu"), menu())
    hall.worker.turn()
    hall.phone.turns.append([("a", ev.HungUp("far_end", 486))])
    hall.worker.turn()
    assert not hall.worker.sessions
    lines = hall.journal("a")
    assert lines[0]["flow"] == "menu"
    assert [line.get("event") for line in lines[1:3]] == ["offered", "hung_up"]


def test_sip_messages_are_written_and_move_nothing(tmp_path: Path) -> None:
    def told(at: float, line: str, again: int = 0) -> Signalled:
        return Signalled(1000.0 + at, False, line, "1 INVITE", "audio 4000" * (at < 0), 0, again)

    hall = Hall(
        tmp_path,
        menu(),
        [("nobody", told(0, "BYE")), ("a", OFFER), ("a", told(-0.01, "INVITE"))],
        [("a", ev.HungUp("caller")), ("a", told(0.5, "SIP/2.0 200 OK", again=1))],
        [("a", told(0.6, "late"))],
    )
    for _ in range(2):
        hall.worker.turn()
    assert [line for line in hall.journal("a") if "sip" in line] == [
        {"at": 0.0, "sip": "INVITE", "sent": False, "leg": 0, "cseq": "1 INVITE",
         "media": "audio 4000"},
        {"at": 0.5, "sip": "SIP/2.0 200 OK", "sent": False, "leg": 0, "cseq": "1 INVITE",
         "again": 1},
    ]  # fmt: skip
    assert "sip" in hall.journal("a")[-1] and not hall.worker.sessions
    (file,) = hall.folder.glob("calls/*/a.jsonl")
    file.unlink()  # the caller is forgotten
    hall.worker.turn()
    assert not list(hall.folder.glob("calls/*/a.jsonl"))

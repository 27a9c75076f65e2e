"""A worker, and a phone whose day is written down beforehand."""

import json
from collections.abc import Callable
from pathlib import Path

from ivr import END, Call, Choices, Flow, answer, ask
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

"""The folders of a machine, and workers in it whose callers do as they are told."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ivr import END, Call, Choices, Flow, answer, ask, record
from ivr.engine import trace
from ivr.engine.events import Answered, Digit, Event, HungUp, LegRinging, Offered, RecordDone
from ivr.engine.session import Session
from ivr.store.calls import Filter, find, one
from ivr.store.database import Database
from ivr.store.journal import Journal
from ivr.store.keeper import Keeper
from ivr.store.spool import DONE, Spool

NOON = 1_763_812_800.0  # 2025-11-22 12:00 UTC


def office() -> Flow:
    """A menu with one choice, and a voicemail."""
    flow = Flow("office", start="menu")
    flow.version = "0123456789ab"

    @flow.state(sales=END, message="voicemail", no_input="voicemail", no_match=END)
    async def menu(call: Call) -> str:
        await answer(call, settle=0)
        choices = Choices({"sales": ["1"], "message": ["2"]})
        return (await ask(call, "menu", choices=choices, attempts=1)).outcome

    @flow.state(recorded=END, too_short=END, failed=END)
    async def voicemail(call: Call) -> str:
        return (await record(call, beep=False)).outcome

    return flow.check()


SALES: Sequence[Event] = (Answered(), Digit("1"), HungUp("flow"))
GONE: Sequence[Event] = (HungUp("caller", 487),)
BUSY: Sequence[Event] = (LegRinging(0), HungUp("far_end", 486, "Busy Here"))  # of a call out


def voicemail(file: str) -> Sequence[Event]:
    """Leaves a message, and hangs up."""
    end = RecordDone(2, 3.0, "hang_up", file)
    return (Answered(), Digit("2"), end, HungUp(media={"packets_lost": 1, "dtmf": "rfc4733"}))


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Any file that would grow beyond *size* bytes is cut short there."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@dataclass
class House:
    """One machine: its files in `folder`, its database, its clock."""

    folder: Path
    url: str = ""
    host: str = "here"
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.url = self.url or f"sqlite:///{self.folder}/calls.db"
        for folder in (self.messages, self.recordings):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def messages(self) -> Path:
        return self.folder / "messages"

    @property
    def recordings(self) -> Path:
        return self.folder / "recordings"

    @property
    def spool(self) -> Spool:
        return Spool(self.folder / "spool", self.folder / "calls", (self.messages, self.recordings))

    def database(self) -> Database:
        return Database(self.url)

    def keeper(self, **more: Any) -> Keeper:
        return Keeper(
            self.spool,
            self.database(),
            self.host,
            clock=lambda: self.now,
            wall=lambda: NOON + self.now - 1000,
            chance=lambda: 0.0,
            **more,
        )

    def call(
        self,
        call_id: str,
        events: Sequence[Event] = SALES,
        *,
        caller: str = "alice",
        wall: float = NOON,
        life: str = "w1-a",
        direction: Literal["in", "out"] = "in",
    ) -> Path:
        """Have a call, one event a second; returns its journal.  Without a hang-up it goes on."""
        journal = Journal(self.folder / "calls", self.folder / "spool", life)
        session, offer = (
            Session(office(), call_id),
            Offered(caller, "100", wall, direction=direction),
        )
        journal.begin(call_id, offer, 0.0, session.flow.name, session.flow.version)
        for now, event in enumerate((offer, *events)):
            seen = trace.of_event(event, session.call)
            journal.write(session.call, seen, session.handle(event, now), now)
        if isinstance(events[-1], HungUp):
            journal.end(call_id)
        path = self.spool.find(call_id)
        assert path
        return path

    def message(self, call_id: str, caller: str = "alice") -> Path:
        """A message as the line leaves it."""
        return self._wav(self.messages / f"{call_id}-1.wav", call_id, caller, label="message")

    def recording(self, call_id: str, caller: str = "alice") -> Path:
        """A recording of a whole call, as the line leaves it."""
        wav = self.recordings / f"{call_id}-call.wav"
        return self._wav(wav, call_id, caller, label="all", kind="call", consent=["recorded"])

    def _wav(self, wav: Path, call_id: str, caller: str, **more: Any) -> Path:
        wav.write_bytes(b"RIFF" + bytes(60))
        facts = {"call": call_id, "caller": caller, "seconds": 3.0, "reason": "crash", **more}
        wav.with_suffix(".json").write_text(json.dumps(facts))
        return wav

    def row(self, call_id: str) -> dict[str, Any]:
        with self.database().reading() as connection:
            row = one(connection, call_id)
        assert row is not None
        return row

    def kept(self) -> list[str]:
        """The ids of all calls in the database, sorted."""
        with self.database().reading() as connection:
            return sorted(row["id"] for row in find(connection, Filter(), 100_000))

    def waiting(self, stage: str = DONE) -> list[str]:
        return self.spool.names(stage)

"""A journal that is followed while it grows."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ivr.engine import trace
from ivr.engine.events import HungUp, Offered
from ivr.engine.session import Session
from ivr.store.journal import Journal
from ivr.web import tail
from ivr.web.handlers import MOST_STREAMS
from ivr.worker import NOBODY

from .conftest import BEARER, Api, scope
from .fakes import CALL

OFFERED = '{"at": 0, "event": "offered", "headers": {"x": "\\"event\\": \\"hung_up\\""}}\n'
ANSWERED = '{"at": 0.1, "event": "answered"}\n'
OVER = '{"at": 9.5, "event": "hung_up"}\n{"at": 9.5, "effect": "note", "kind": "end"}\n'


@pytest.fixture
def journal(api: Api, tmp_path: Path) -> Path:
    file = tmp_path / f"{CALL}.jsonl"
    file.write_text(OFFERED)
    api.fleet.journals[CALL] = file
    return file


class Stream:
    """A client of the stream, seen from the server: what was sent, and a way to leave."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.leave = asyncio.Event()

    async def send(self, message: Any) -> None:
        await self.sent.put(message)

    async def receive(self) -> Any:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def body(self) -> str:
        message = await asyncio.wait_for(self.sent.get(), 10)
        return str(message["body"], "utf-8")


@asynccontextmanager
async def following(api: Api) -> AsyncIterator[Stream]:
    stream = Stream()
    request = scope("GET", f"/v1/calls/{CALL}/journal")
    serving = asyncio.create_task(api.app(request, stream.receive, stream.send))
    start = await asyncio.wait_for(stream.sent.get(), 10)
    assert start["status"] == 200
    yield stream
    await asyncio.wait_for(serving, 10)
    assert api.context.streams.open == 0


def test_lines_come_as_they_are_written(api: Api, journal: Path) -> None:
    async def follow() -> None:
        async with following(api) as stream:
            assert await stream.body() == f"id: 1\ndata: {OFFERED}\n"
            with journal.open("a") as file:
                file.write(ANSWERED[:10])
                file.flush()
                file.write(ANSWERED[10:])
            assert await stream.body() == f"id: 2\ndata: {ANSWERED}\n"
            with journal.open("a") as file:
                file.write(OVER)
            end = await stream.body()
            assert end.startswith("id: 3\ndata: ") and "\nid: 4\ndata: " in end
            assert await stream.body() == ""  # and the stream is over

    asyncio.run(follow())


@pytest.mark.parametrize("end", ["client", "server", "erased"])
def test_a_stream_ends(api: Api, journal: Path, end: str) -> None:
    async def follow() -> None:
        async with following(api) as stream:
            await stream.body()
            if end == "client":
                stream.leave.set()
            elif end == "server":
                api.app.state.closing.set()
            else:
                journal.unlink()
            assert await stream.body() == ""

    asyncio.run(follow())


def test_a_quiet_stream_shows_that_it_stands(
    api: Api, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "QUIET", 2)

    async def follow() -> None:
        async with following(api) as stream:
            await stream.body()
            assert await stream.body() == ":\n\n"
            stream.leave.set()

    asyncio.run(follow())


def test_a_whole_journal_is_sent_and_resumed(api: Api, journal: Path) -> None:
    journal.write_text(OFFERED + ANSWERED + OVER)
    path = f"/v1/calls/{CALL}/journal"
    answer = api.get(path)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert [line for line in answer.text.split("\n") if line.startswith("id")] == [
        "id: 1", "id: 2", "id: 3", "id: 4",
    ]  # fmt: skip
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n")[1::3]]
    assert [json.loads(line).get("event") for line in lines] == [
        "offered", "answered", "hung_up", None,
    ]  # fmt: skip
    rest = api.get(path, **{"Last-Event-ID": "3"})
    assert rest.text == f"id: 4\ndata: {OVER.splitlines()[1]}\n\n"
    assert api.get(path, **{"Last-Event-ID": "4"}).status_code == 204
    assert api.get(path, **{"Last-Event-ID": "last"}).status_code == 400
    assert api.ask("HEAD", path, BEARER).status_code == 200


def test_the_end_that_a_worker_writes_is_understood(api: Api, tmp_path: Path) -> None:
    journal, session = Journal(tmp_path / "calls", tmp_path / "spool", "w0"), Session(NOBODY, CALL)
    for event in (Offered("alice", "100"), HungUp("flow", 404)):
        if isinstance(event, Offered):
            journal.begin(CALL, event, 0.0, "nobody", "0123456789ab")
        effects = session.handle(event, 0.0)
        journal.write(session.call, trace.of_event(event, session.call), effects, 0.0)
    (api.fleet.journals[CALL],) = (tmp_path / "calls").glob("*/*.jsonl")
    assert '"event": "hung_up"' in api.get(f"/v1/calls/{CALL}/journal").text


def test_a_journal_that_is_not_there(api: Api, journal: Path) -> None:
    assert api.get("/v1/calls/gone/journal").status_code == 404
    journal.unlink()
    assert api.get(f"/v1/calls/{CALL}/journal").status_code == 404


def test_there_are_so_many_streams_and_no_more(api: Api, journal: Path) -> None:
    api.context.streams.open = MOST_STREAMS
    answer = api.get(f"/v1/calls/{CALL}/journal")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"

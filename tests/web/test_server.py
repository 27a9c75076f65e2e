"""The API behind a real socket."""

import asyncio
import signal
import socket
from pathlib import Path

import httpx
import pytest

from ivr.engine.errors import SettingsError
from ivr.web.server import serve

from ..ports import keep
from .conftest import BEARER, Api
from .fakes import CALL

pytestmark = pytest.mark.line
PORT = keep(3)
URL = f"http://127.0.0.1:{PORT}"


def test_it_stops_with_a_journal_being_followed(api: Api, tmp_path: Path) -> None:
    journal = tmp_path / "call.jsonl"
    journal.write_text('{"at": 0, "event": "offered"}\n')
    api.fleet.journals[CALL] = journal

    async def follow() -> str:
        before = signal.getsignal(signal.SIGTERM)
        async with httpx.AsyncClient(base_url=URL, headers=BEARER) as client:
            async with serve(api.app, "127.0.0.1", PORT):
                assert (await client.get("/live")).json() == {"status": "live"}
                assert signal.getsignal(signal.SIGTERM) is before
                request = client.build_request("GET", f"/v1/calls/{CALL}/journal")
                stream = await client.send(request, stream=True)
                lines = stream.aiter_lines()
                assert await anext(lines) == "id: 1"
            return "\n".join([line async for line in lines])

    assert asyncio.run(asyncio.wait_for(follow(), 10)) == 'data: {"at": 0, "event": "offered"}\n'


def test_a_client_that_leaves_frees_its_stream(api: Api, tmp_path: Path) -> None:
    journal = tmp_path / "call.jsonl"
    journal.write_text('{"at": 0, "event": "offered"}\n')
    api.fleet.journals[CALL] = journal

    async def follow() -> None:
        async with serve(api.app, "127.0.0.1", PORT + 1):
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT + 1)
            head = f"GET /v1/calls/{CALL}/journal HTTP/1.1\r\nHost: ivr\r\n"
            writer.write(f"{head}Authorization: {BEARER['Authorization']}\r\n\r\n".encode())
            await reader.readuntil(b"id: 1")
            assert api.context.streams.open == 1
            writer.close()
            while api.context.streams.open:
                await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(follow(), 10))


def test_a_port_that_is_taken(api: Api) -> None:
    async def start() -> None:
        async with serve(api.app, "127.0.0.1", PORT + 2):
            pass

    refused = pytest.raises(SettingsError, match=rf"127.0.0.1:{PORT + 2}: .* set control.address")
    with socket.create_server(("127.0.0.1", PORT + 2)), refused:
        asyncio.run(start())
    asyncio.run(start())

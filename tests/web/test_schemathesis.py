"""The API against its own document: what schemathesis makes up is answered as the document says."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from ivr.web.openapi import document
from ivr.web.operations import PARAMETERS, operations
from ivr.web.server import serve

from ..ports import keep
from .conftest import TOKEN, Api
from .fakes import CALL

pytestmark = pytest.mark.line
PORT = keep(1)

schema = schemathesis.openapi.from_dict(
    document(operations(guard_metrics=True), PARAMETERS, "1"),
    config=SchemathesisConfig.from_dict({"auth": {"openapi": {"token": {"bearer": TOKEN}}}}),
)


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    api = Api(guard_metrics=True, failures=10**6)
    journal = tmp_path_factory.mktemp("calls") / "call.jsonl"
    journal.write_text('{"at": 0, "event": "hung_up"}\n')
    api.fleet.journals[CALL] = journal
    loop, up, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def run() -> None:
        async with serve(api.app, "127.0.0.1", PORT):
            up.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[run()])
    thread.start()
    assert up.wait(10)
    yield
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@schema.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(base_url=f"http://127.0.0.1:{PORT}")

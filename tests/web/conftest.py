"""The API in this process, with a fleet that is only told about and a clock that stands."""

import asyncio
from typing import Any

import httpx
import pytest

from ivr.web.app import build
from ivr.web.gate import Gate
from ivr.web.metrics import Metrics
from ivr.web.operation import Context

from .fakes import FakeFleet

TOKEN = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def scope(method: str, path: str) -> dict[str, Any]:
    """What a server hands to the application for a request with the token and a body of JSON."""
    headers = {b"content-type": b"application/json", b"authorization": f"Bearer {TOKEN}".encode()}
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": list(headers.items()),
        "client": ("192.0.2.1", 4711),
    }


class Api:
    """A client without a network: one request a call, answered in full."""

    def __init__(self, *, guard_metrics: bool = False, failures: int = 3) -> None:
        self.fleet = FakeFleet()
        self.now = 1000.0
        self.metrics = Metrics(self.fleet, lambda: True, "1.2.3")
        self.context = Context(self.fleet, self.metrics)
        self.app = build(
            self.context,
            Gate(TOKEN, failures, lambda: self.now),
            guard_metrics=guard_metrics,
            version="1.2.3",
        )

    def ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        peer: str = "192.0.2.1",
        **more: Any,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(peer, 4711))

        async def request() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url="http://ivr") as client:
                return await client.request(method, path, headers=headers or {}, **more)

        return asyncio.run(request())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, BEARER | headers)

    def post(self, path: str, body: object = None) -> httpx.Response:
        return self.ask("POST", path, BEARER, json=body)


@pytest.fixture
def api() -> Api:
    return Api()

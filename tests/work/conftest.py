from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ivr.work.databases import Database
from tests.ports import free_port
from tests.store import postgresql

Reply = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """What came, and the way to answer it."""

    protocol_version = "HTTP/1.1"
    server: Service

    def answer(
        self, status: int = 200, body: bytes = b"{}", kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _serve(self) -> None:
        self.close_connection = True
        size = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(size)
        self.server.seen.append(self)
        replies = self.server.replies
        (replies.pop(0) if len(replies) > 1 else replies[0])(self)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Service(ThreadingHTTPServer):
    """A web service of the test's own, on the loopback; the last reply is given again and again."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.seen: list[Request] = []
        self.replies: list[Reply] = [lambda request: request.answer()]
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://crm.example:{self.server_port}"

    def hangs(self, request: Request) -> None:
        """A reply that never comes."""
        self.closing.wait(30)


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


# -- databases --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    server = postgresql.Server(free_port())
    server.start()
    yield server
    server.stop()
    server.remove()


Open = Callable[[str], Database]


@pytest.fixture
def database() -> Iterator[Open]:
    """Opens databases, and closes them."""
    opened: list[Database] = []

    def open(url: str) -> Database:
        opened.append(Database(url))
        return opened[-1]

    yield open
    for each in opened:
        each.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.line)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'work.db'}"
    server: postgresql.Server = request.getfixturevalue("server")
    return server.database(re.sub(r"\W", "_", request.node.name)[-60:])

"""Serves the control API inside somebody else's event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.applications import Starlette

from ..engine.errors import SettingsError

MOST_CONNECTIONS = 256  # beyond them, 503
GOODBYE = 2  # seconds for what is being answered when the server stops


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, closing: asyncio.Event) -> None:
        super().__init__(config)
        self._closing = closing

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """They are the supervisor's."""
        yield

    async def main_loop(self) -> None:
        """As uvicorn's, which wakes up ten times a second: that is 0.2 % of a core for nothing."""
        while not self._closing.is_set():
            await self.on_tick(0)  # sets the Date of the answers to come
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), 1.0)


@asynccontextmanager
async def serve(app: Starlette, address: str, port: int) -> AsyncIterator[None]:
    """Serve *app* while the body runs.  Raises `SettingsError` where the port is not to be had.

    Nothing in front of it is trusted: whoever connects is the peer.
    """
    listener = _listen(address, port)
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=GOODBYE,
        ),
        app.state.closing,
    )
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        app.state.closing.set()
        await serving


def _listen(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"the control API cannot listen on {address}:{port}: {error.strerror};"
            " set control.address and control.port to what is free"
        ) from None
    return listener

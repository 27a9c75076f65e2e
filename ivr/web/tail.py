"""A call's journal as it grows, as server-sent events: one a line, numbered from 1.

No thread: each reader looks at the file ten times a second, which costs a few microseconds.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

POLL = 0.1  # seconds
QUIET = 150  # polls without a line, after which a comment shows both ends that the other is there
_LAST = b'"event": "hung_up"'  # inside a text, its quotes would have backslashes


class Tail:
    """The lines of a journal after the first `skip`.  Raises OSError."""

    def __init__(self, path: Path, skip: int) -> None:
        self._file = path.open("rb")
        self._skip = skip
        self._number = 0
        self._rest = b""
        self.hung_up = False
        """Whether the call was over as far as was read; the flow's last notes may follow."""
        self.over = False
        """Whether nothing more will come."""

    def read(self) -> bytes:
        """What has come since the last time, as events."""
        data = self._file.read()
        gone = os.fstat(self._file.fileno()).st_nlink == 0  # the caller's data were erased
        self.over = not data and (self.hung_up or gone)
        *lines, self._rest = (self._rest + data).split(b"\n")
        events = []
        for line in lines:
            self._number += 1
            self.hung_up = self.hung_up or _LAST in line
            if self._number > self._skip:
                events.append(b"id: %d\ndata: %s\n\n" % (self._number, line))
        return b"".join(events)

    def close(self) -> None:
        self._file.close()


class Streams:
    """The streams that are open; all of them end when `closing` is set."""

    def __init__(self) -> None:
        self.closing = asyncio.Event()
        self.open = 0


class JournalStream(Response):
    """Sends what is in a journal and what comes, until the call is over.

    204 where nothing is left to send: that is what tells a browser not to come back (HTML,
    section 9.2.3, on the status of an event stream).
    """

    def __init__(self, tail: Tail, streams: Streams) -> None:
        super().__init__(media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        del self.headers["Content-Length"]
        self._tail = tail
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams.open += 1
        try:
            events = self._tail.read()
            if self._tail.hung_up and not events:
                return await Response(status_code=204)(scope, receive, send)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if scope["method"] != "HEAD":
                await self._follow(events, receive, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._streams.open -= 1
            self._tail.close()

    async def _follow(self, events: bytes, receive: Receive, send: Send) -> None:
        ends = [
            asyncio.create_task(_disconnected(receive)),
            asyncio.create_task(self._streams.closing.wait()),
        ]
        quiet = 0
        try:
            while not (self._tail.over or any(end.done() for end in ends)):
                quiet = 0 if events else quiet + 1
                if quiet >= QUIET:
                    events, quiet = b":\n\n", 0
                if events:
                    await send({"type": "http.response.body", "body": events, "more_body": True})
                await asyncio.wait(ends, timeout=POLL, return_when=asyncio.FIRST_COMPLETED)
                events = self._tail.read()
        finally:
            for end in ends:
                end.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

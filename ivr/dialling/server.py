"""The server of this project that runs: it is asked to call, and its journal is followed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from ..config import Settings
from ..engine.errors import SettingsError

PATIENCE = 60.0  # seconds; the stream says every 15 that it is there
LOOK = 2.0  # seconds to find out whether a server is there

_open = build_opener(ProxyHandler({})).open  # it is on this machine


class Server:
    """See `Way`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._id = ""
        self._leaving = False

    @classmethod
    def of(cls, settings: Settings) -> Server | None:
        """The server with these settings; None: none runs, or it is another's."""
        control = settings.control
        token = control.token.get_secret_value()
        try:
            token = token or settings.token_file.read_text(encoding="ascii").strip()
            here = "127.0.0.1" if control.address == "0.0.0.0" else control.address
            server = cls(f"http://{here}:{control.port}", token)
            with server._ask("/v1/workers", patience=LOOK):
                return server
        except (OSError, HTTPException, UnicodeDecodeError):
            return None

    def call(self, order: Mapping[str, str]) -> Iterator[str]:
        """See `Way`."""
        try:
            with self._ask("/v1/calls", order) as answer:
                self._id = json.load(answer)["id"]
            if self._leaving:
                self.hang_up()
            yield from self._follow()
        except HTTPError as error:
            raise SettingsError(_detail(error)) from None
        except (OSError, HTTPException):
            raise SettingsError(self._lost()) from None

    def hang_up(self) -> None:
        """See `Way`."""
        self._leaving = True
        if self._id:
            with suppress(HTTPError):  # it is over
                self._ask(f"/v1/calls/{self._id}/hang-up", {}).close()

    def _follow(self) -> Iterator[str]:
        over = False
        with self._ask(f"/v1/calls/{self._id}/journal") as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    text = line.removeprefix(b"data: ").decode("utf-8", "replace").rstrip("\n")
                    over = over or '"event": "hung_up"' in text
                    yield text
        if not over:
            raise SettingsError(self._lost())

    def _lost(self) -> str:
        told = f"; `ivr calls show {self._id}` tells what came of it" if self._id else ""
        return f"the server at {self._url} is gone{told}"

    def _ask(self, path: str, body: object = None, patience: float = PATIENCE) -> HTTPResponse:
        request = Request(self._url + path, headers={"Authorization": f"Bearer {self._token}"})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        answer: HTTPResponse = _open(request, timeout=patience)
        return answer


def _detail(error: HTTPError) -> str:
    try:
        problem: Any = json.load(error)
        return str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return f"the server answers {error.code} {error.reason}"

"""What went wrong, told as RFC 9457 asks for: application/problem+json."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class Problem(HTTPException):
    """The end of a request; `more` are members beside those of RFC 9457."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.more = more or {}


async def tell(request: Request, error: Exception) -> JSONResponse:
    """The answer for an `HTTPException`: ours, or Starlette's own for an unknown path or method."""
    assert isinstance(error, HTTPException)
    more = error.more if isinstance(error, Problem) else {}
    return _response(error.status_code, error.detail, error.headers, more)


async def tell_crash(request: Request, error: Exception) -> JSONResponse:
    """The answer for what should not happen; the server logs the traceback."""
    return _response(500, "the server failed; its log says why", None, {})


def _response(
    status: int, detail: str, headers: Mapping[str, str] | None, more: Mapping[str, Any]
) -> JSONResponse:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)

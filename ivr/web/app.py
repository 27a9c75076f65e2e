"""The control API as an ASGI application, made of the table of operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import problem
from .gate import Gate
from .openapi import document
from .operation import Context, Operation, read
from .operations import PARAMETERS, operations

Endpoint = Callable[[Request], Awaitable[Response]]


def build(context: Context, gate: Gate, *, guard_metrics: bool, version: str) -> Starlette:
    """The application.  It is served by `server.serve`, and needs no lifespan."""
    paths: dict[str, dict[str, Operation]] = {}
    table = operations(guard_metrics=guard_metrics)
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method] = operation
    described = document(table, PARAMETERS, version)

    async def openapi(request: Request) -> Response:
        return JSONResponse(described)

    routes = [Route("/openapi.json", openapi)]
    for path, methods in paths.items():
        routes.append(Route(path, _endpoint(methods, context, gate), methods=list(methods)))
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: problem.tell, Exception: problem.tell_crash},
    )
    app.router.redirect_slashes = False
    app.state.closing = context.streams.closing
    return app


def _endpoint(methods: dict[str, Operation], context: Context, gate: Gate) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        operation = methods["GET" if request.method == "HEAD" else request.method]
        if operation.guarded:
            address = request.client.host if request.client else ""
            gate.check(address, request.headers.get("Authorization", ""))
        return await operation.handler(context, await read(request, operation, PARAMETERS))

    return endpoint

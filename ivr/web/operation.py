"""One operation of the control API: what it is called, what it takes, what it answers.

The routes and the OpenAPI document are both made of these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from .metrics import Metrics
from .operator import Operator
from .problem import Problem
from .tail import Streams

LONGEST_BODY = 4096  # bytes

Schema = Mapping[str, Any]


@dataclass(slots=True)
class Context:
    """What the operations work with."""

    operator: Operator
    metrics: Metrics
    streams: Streams = field(default_factory=Streams)
    reloading: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, checked: parts of the path, header fields, members of the body."""

    path: Mapping[str, str]
    header: Mapping[str, str]
    body: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """`answers`: the status codes of its own, each with the schema of what is sent with it.

    `body` are the members of the JSON object it needs, `options` those that it may have, `header`
    the fields it reads: text that `fits` a schema.  `guarded`: it needs the token.
    """

    method: str
    path: str
    handler: Callable[[Context, Asked], Awaitable[Response]]
    answers: Mapping[int, Schema | None]
    body: Mapping[str, Schema] = field(default_factory=dict)
    options: Mapping[str, Schema] = field(default_factory=dict)
    header: Mapping[str, Schema] = field(default_factory=dict)
    media_type: str = "application/json"
    guarded: bool = True


def fits(text: str, schema: Schema) -> bool:
    """Whether *text* is what *schema* asks for, in its way: an integer, or a string."""
    if schema["type"] == "integer":
        return re.fullmatch("[0-9]{1,9}", text) is not None and int(text) <= schema["maximum"]
    return (
        text in schema.get("enum", [text])
        and schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
        and re.fullmatch(schema.get("pattern", "(?s:.*)"), text) is not None
    )


async def read(request: Request, operation: Operation, parameters: Mapping[str, Schema]) -> Asked:
    """What *request* asks of *operation*.  Raises `Problem` for what is not as it has to be."""
    path = request.path_params
    for name, text in path.items():
        if not fits(text, parameters[name]):
            raise Problem(404, f"{text!r} is no {name}")
    header = {name: request.headers[name] for name in operation.header if name in request.headers}
    for name, text in header.items():
        if not fits(text, operation.header[name]):
            raise Problem(
                400, f"{name}: {text!r} does not fit {json.dumps(operation.header[name])}"
            )
    return Asked(path, header, await _body(request, operation) if operation.body else {})


async def _body(request: Request, operation: Operation) -> dict[str, str]:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "send Content-Type: application/json")
    try:
        body = json.loads(await _bytes(request))
    except (ValueError, RecursionError):
        raise Problem(400, "the body is not JSON") from None
    needed, members = operation.body.keys(), {**operation.body, **operation.options}
    if not isinstance(body, dict) or not needed <= body.keys() <= members.keys():
        optional = f"; it may have: {', '.join(operation.options)}" if operation.options else ""
        raise Problem(422, f"expected an object of exactly: {', '.join(needed)}{optional}")
    for name, value in body.items():
        if not isinstance(value, str) or not fits(value, members[name]):
            raise Problem(422, f"{name}: expected {json.dumps(members[name])}")
    return body


async def _bytes(request: Request) -> bytes:
    data = b""
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > LONGEST_BODY:
                raise Problem(413, f"the body is longer than {LONGEST_BODY} bytes")
    except ClientDisconnect:
        raise Problem(400, "the body is cut off") from None
    return data

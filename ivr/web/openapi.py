"""The OpenAPI 3.1 document, made of the table of operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from .operation import Operation, Schema
from .problem import MEDIA_TYPE

_PROBLEM = "#/components/schemas/Problem"
_GUARDED = (401, 429)
_WITH_BODY = (400, 413, 415, 422)
_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After"}


def document(
    table: Iterable[Operation], parameters: Mapping[str, Schema], version: str
) -> dict[str, Any]:
    """The document for *table*; *parameters* are the variable parts of its paths."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in table:
        item = paths.setdefault(operation.path, {})
        item[operation.method.lower()] = _operation(operation, parameters)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ivr control API", "version": version},
        "paths": paths,
        "components": {
            "schemas": {"Problem": _problem()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation, parameters: Mapping[str, Schema]) -> dict[str, Any]:
    name = operation.handler.__name__
    summary, _, more = (operation.handler.__doc__ or "").partition("\n")
    names = re.findall(r"{(\w+)}", operation.path)
    described: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "parameters": [
            *(_parameter("path", each, parameters[each]) for each in names),
            *(_parameter("header", *each) for each in operation.header.items()),
        ],
        "responses": _responses(operation, named=bool(names)),
        "security": [{"token": []}] if operation.guarded else [],
    }
    if more.strip():
        described["description"] = " ".join(more.split())
    if operation.body:
        body = {
            "type": "object",
            "properties": {**operation.body, **operation.options},
            "required": list(operation.body),
            "additionalProperties": False,
        }
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    return described


def _parameter(where: str, name: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


def _responses(operation: Operation, *, named: bool) -> dict[str, Any]:
    errors = [404] if named else []
    errors += _GUARDED if operation.guarded else ()
    errors += _WITH_BODY if operation.body else (400,) if operation.header else ()
    responses = dict.fromkeys(errors) | dict(operation.answers)
    return {
        str(status): _response(status, schema, operation.media_type)
        for status, schema in sorted(responses.items())
    }


def _response(status: int, schema: Schema | None, media_type: str) -> dict[str, Any]:
    response: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if schema:
        response["content"] = {media_type: {"schema": schema}}
    elif status >= 400:
        response["content"] = {MEDIA_TYPE: {"schema": {"$ref": _PROBLEM}}}
    if status in _HEADERS:
        header = {"required": True, "schema": {"type": "string"}}
        response["headers"] = {_HEADERS[status]: header}
    return response


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "faults": {"type": "array", "items": text},
        },
        "required": ["type", "title", "status", "detail"],
    }

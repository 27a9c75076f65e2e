"""The table of operations: every path and method of the control API, once."""

from __future__ import annotations

from typing import Any, get_type_hints

from . import handlers as do
from .operation import Operation, Schema
from .operator import LiveCall, RegistrationView, WorkerView

_TYPES = {str: "string", int: "integer", float: "number"}


def _object(**members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(members)}


def _of(shape: type) -> Schema:
    """The schema of a TypedDict of plain values."""
    return _object(**{name: {"type": _TYPES[kind]} for name, kind in get_type_hints(shape).items()})


def _list(shape: type) -> Schema:
    return {"type": "array", "items": _of(shape)}


def _text(**more: Any) -> Schema:
    return {"type": "string", **more}


PARAMETERS: dict[str, Schema] = {
    "id": _text(pattern="^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", examples=["20251122-120000-0123456789"]),
    "slot": {"type": "integer", "minimum": 0, "maximum": 9999, "examples": [0]},
    "name": _text(pattern="^[^/\\x00-\\x1f]{1,64}$", examples=["office hours"]),
}
"""The variable parts of paths."""

_NAME = _text(minLength=1, maxLength=100)
_OVERRIDE = _text(enum=["open", "closed"])
_OVERRIDES = {"type": "object", "additionalProperties": _OVERRIDE}
# No spaces, no brackets: what stands in a header ends there.
_TO = _text(pattern="^[!#-;=?-~]{1,200}$", examples=["sip:601@pbx.example"])
_SHOWN = _text(pattern="^[0-9A-Za-z+_.-]{1,64}$", examples=["+4930123456"])
_SECONDS = _text(pattern="^[1-9][0-9]{0,2}$", examples=["30"])
_KEY = _text(pattern="^([0-9*#]|none)$", examples=["1"])
_LINE = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
_STATUS = _object(status=_text())

_CALL, _SCHEDULE = "/v1/calls/{id}", "/v1/schedules/{name}"


def operations(*, guard_metrics: bool) -> tuple[Operation, ...]:
    """The table; with `guard_metrics` the metrics need the token, too."""
    return (
        Operation("GET", "/live", do.live, {200: _STATUS}, guarded=False),
        Operation("GET", "/ready", do.ready, {200: _STATUS, 503: None}, guarded=False),
        Operation(
            "GET",
            "/metrics",
            do.metrics,
            {200: _text()},
            media_type="text/plain",
            guarded=guard_metrics,
        ),
        Operation("GET", "/v1/calls", do.list_calls, {200: _object(calls=_list(LiveCall))}),
        Operation(
            "POST",
            "/v1/calls",
            do.dial,
            {202: _object(id=_text()), 403: None, 503: None},
            {"to": _TO, "flow": _NAME},
            {
                "caller_id": _SHOWN,
                "account": _NAME,
                "ring": _SECONDS,
                "accept": _KEY,
                "prompt": _NAME,
            },
        ),
        Operation("GET", _CALL, do.show_call, {200: _of(LiveCall)}),
        Operation(
            "GET",
            f"{_CALL}/journal",
            do.follow_journal,
            {200: _object(id=_text(), data=_text()), 204: None, 503: None},
            header={"Last-Event-ID": _LINE},
            media_type="text/event-stream",
        ),
        Operation("POST", f"{_CALL}/move", do.move_call, {202: None}, {"state": _NAME}),
        Operation("POST", f"{_CALL}/play", do.play_prompt, {202: None}, {"prompt": _NAME}),
        Operation("POST", f"{_CALL}/hang-up", do.hang_up, {202: None}),
        Operation("GET", "/v1/workers", do.list_workers, {200: _object(workers=_list(WorkerView))}),
        Operation("POST", "/v1/workers/{slot}/drain", do.drain_worker, {202: None}),
        Operation(
            "GET",
            "/v1/registrations",
            do.list_registrations,
            {200: _object(registrations=_list(RegistrationView))},
        ),
        Operation("GET", "/v1/schedules", do.list_schedules, {200: _object(schedules=_OVERRIDES)}),
        Operation("GET", _SCHEDULE, do.show_schedule, {200: _object(state=_OVERRIDE)}),
        Operation(
            "PUT",
            _SCHEDULE,
            do.override_schedule,
            {200: _object(state=_OVERRIDE)},
            {"state": _OVERRIDE},
        ),
        Operation("DELETE", _SCHEDULE, do.release_schedule, {204: None}),
        Operation("POST", "/v1/reload", do.reload, {204: None, 409: None, 422: None}),
    )

"""What the operations of the control API do.

The first line of a docstring is the summary of the operation in the OpenAPI document.
"""

from __future__ import annotations

from typing import Any, Literal, cast

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import JSONResponse, Response

from .operation import Asked, Context
from .operator import NotDialled
from .problem import Problem
from .tail import JournalStream, Tail

MOST_STREAMS = 64

_NOT_DIALLED = {"unknown": 422, "refused": 403, "no_room": 503}
NO_SUCH_CALL = "no such live call"


async def live(context: Context, asked: Asked) -> Response:
    """Whether the supervisor runs."""
    return JSONResponse({"status": "live"})


async def ready(context: Context, asked: Asked) -> Response:
    """Whether a call that comes now would be answered."""
    if not context.operator.ready():
        raise Problem(503, "no worker is ready")
    return JSONResponse({"status": "ready"})


async def metrics(context: Context, asked: Asked) -> Response:
    """Metrics for Prometheus."""
    return Response(context.metrics.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


async def list_calls(context: Context, asked: Asked) -> Response:
    """Live calls."""
    return JSONResponse({"calls": context.operator.calls()})


async def dial(context: Context, asked: Asked) -> Response:
    """Call somebody; the flow begins when he answers, and has pressed the key to `accept`.

    `ring` is the seconds that it may ring.  With `accept` `none` a mailbox hears the flow, too.
    """
    try:
        call_id = await context.operator.dial(asked.body)
    except NotDialled as reason:
        raise Problem(_NOT_DIALLED[reason.kind], str(reason)) from None
    return JSONResponse({"id": call_id}, 202)


async def show_call(context: Context, asked: Asked) -> Response:
    """One live call."""
    for call in context.operator.calls():
        if call["id"] == asked.path["id"]:
            return JSONResponse(call)
    raise Problem(404, NO_SUCH_CALL)


async def follow_journal(context: Context, asked: Asked) -> Response:
    """The journal of a call as it grows, as server-sent events; it ends with the call.

    The id of an event is the number of its line; Last-Event-ID says where to go on.
    """
    if context.streams.open >= MOST_STREAMS:
        raise Problem(503, f"{MOST_STREAMS} journals are being followed", {"Retry-After": "5"})
    path = context.operator.journal(asked.path["id"])
    if path is None or not path.exists():
        raise Problem(404, "no journal of such a call")
    tail = Tail(path, int(asked.header.get("Last-Event-ID", 0)))
    return JournalStream(tail, context.streams)


async def move_call(context: Context, asked: Asked) -> Response:
    """Move a call to another state of its flow; the journal tells what came of it."""
    return await _tell(context, asked, {"do": "move", "state": asked.body["state"]})


async def play_prompt(context: Context, asked: Asked) -> Response:
    """Play a prompt to a caller, over whatever the call does; then it goes on."""
    return await _tell(context, asked, {"do": "play", "prompt": asked.body["prompt"]})


async def hang_up(context: Context, asked: Asked) -> Response:
    """End a call."""
    return await _tell(context, asked, {"do": "hang_up"})


async def _tell(context: Context, asked: Asked, command: dict[str, Any]) -> Response:
    if not await context.operator.tell(asked.path["id"], command):
        raise Problem(404, NO_SUCH_CALL)
    return Response(status_code=202)


async def list_workers(context: Context, asked: Asked) -> Response:
    """Workers."""
    return JSONResponse({"workers": context.operator.workers()})


async def list_registrations(context: Context, asked: Asked) -> Response:
    """Accounts at registrars, and how they are registered."""
    return JSONResponse({"registrations": context.operator.registrations()})


async def drain_worker(context: Context, asked: Asked) -> Response:
    """Let a worker finish its calls, take no new ones, and be replaced."""
    if not await context.operator.drain(int(asked.path["slot"])):
        raise Problem(404, "no such worker")
    return Response(status_code=202)


async def list_schedules(context: Context, asked: Asked) -> Response:
    """Schedules that are overridden."""
    return JSONResponse({"schedules": context.operator.overrides()})


async def show_schedule(context: Context, asked: Asked) -> Response:
    """What a schedule is overridden with."""
    state = context.operator.overrides().get(asked.path["name"])
    if state is None:
        raise Problem(404, "this schedule goes by its own rules")
    return JSONResponse({"state": state})


async def override_schedule(context: Context, asked: Asked) -> Response:
    """Have a schedule open or closed for new calls, whatever its rules say."""
    state = cast(Literal["open", "closed"], asked.body["state"])
    context.operator.override(asked.path["name"], state)
    return JSONResponse({"state": state})


async def release_schedule(context: Context, asked: Asked) -> Response:
    """Let a schedule go by its own rules again."""
    context.operator.override(asked.path["name"], "")
    return Response(status_code=204)


async def reload(context: Context, asked: Asked) -> Response:
    """Read the project anew: new calls get its flows, running ones keep theirs."""
    if context.reloading:
        raise Problem(409, "a reload is under way")
    context.reloading = True
    try:
        faults = await context.operator.reload()
    finally:
        context.reloading = False
    if faults:
        raise Problem(422, "the project has faults; all goes on as before", more={"faults": faults})
    return Response(status_code=204)

"""What operators ask and order, and how they are told that something is wrong."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from ivr.web.operator import NotDialled

from .conftest import BEARER, Api, scope
from .fakes import CALL, a_call, a_worker


def problem(answer: httpx.Response, status: int) -> str:
    """The detail of *answer*, which has to be a problem as RFC 9457 describes it."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert body["type"] == "about:blank" and body["title"]
    detail = body["detail"]
    assert isinstance(detail, str)
    return detail


def test_live_calls(api: Api) -> None:
    assert api.get("/v1/calls").json() == {"calls": [a_call()]}
    assert api.get(f"/v1/calls/{CALL}").json() == a_call()
    assert problem(api.get("/v1/calls/gone"), 404) == "no such live call"


@pytest.mark.parametrize(
    ("order", "body", "command"),
    [
        ("move", {"state": "main menu"}, {"do": "move", "state": "main menu"}),
        ("play", {"prompt": "delays"}, {"do": "play", "prompt": "delays"}),
        ("hang-up", None, {"do": "hang_up"}),
    ],
)
def test_orders_reach_the_call(api: Api, order: str, body: object, command: Any) -> None:
    assert api.post(f"/v1/calls/{CALL}/{order}", body).status_code == 202
    assert api.fleet.told == [(CALL, command)]
    assert problem(api.post(f"/v1/calls/gone/{order}", body), 404) == "no such live call"


ORDER = {"to": "sip:601@pbx", "flow": "survey"}


@pytest.mark.parametrize(
    "more", [{}, {"caller_id": "+49301", "ring": "20", "accept": "none", "prompt": "take it"}]
)
def test_a_call_out_is_made(api: Api, more: dict[str, str]) -> None:
    answer = api.post("/v1/calls", ORDER | more)
    assert (answer.status_code, answer.json()) == (202, {"id": CALL})
    assert api.fleet.dialled == [ORDER | more]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"to": "sip:601@pbx"}, "of exactly: to, flow; it may have: caller_id"),
        (ORDER | {"rings": "3"}, "of exactly: to, flow; it may have: caller_id"),
        (ORDER | {"ring": 30}, "ring: expected"),
        (ORDER | {"ring": "0"}, "ring: expected"),
        (ORDER | {"accept": "yes"}, "accept: expected"),
        (ORDER | {"to": "<sip:a@b>"}, "to: expected"),
        (ORDER | {"to": "sip:a@b\r\nX: y"}, "to: expected"),
        (ORDER | {"caller_id": "a@b"}, "caller_id: expected"),
    ],
)
def test_a_call_out_that_is_asked_for_wrongly(api: Api, body: object, fault: str) -> None:
    assert fault in problem(api.post("/v1/calls", body), 422)
    assert api.fleet.dialled == []


@pytest.mark.parametrize(("kind", "status"), [("unknown", 422), ("refused", 403), ("no_room", 503)])
def test_a_call_out_that_is_not_made(api: Api, kind: Any, status: int) -> None:
    api.fleet.not_dialled = NotDialled(kind, "the reason")
    assert problem(api.post("/v1/calls", ORDER), status) == "the reason"


def test_workers_are_shown_and_drained(api: Api) -> None:
    first, second = api.get("/v1/workers").json()["workers"]
    assert first == a_worker(0) and second["state"] == "starting"
    assert api.post("/v1/workers/1/drain").status_code == 202
    assert api.fleet.drained == [1]
    assert problem(api.post("/v1/workers/7/drain"), 404) == "no such worker"
    assert problem(api.post("/v1/workers/-1/drain"), 404) == "'-1' is no slot"


def test_a_schedule_is_overridden_and_released(api: Api) -> None:
    path = "/v1/schedules/b%C3%BCro%20nord"
    assert problem(api.get(path), 404) == "this schedule goes by its own rules"
    assert api.ask("PUT", path, BEARER, json={"state": "closed"}).json() == {"state": "closed"}
    assert api.get(path).json() == {"state": "closed"}
    assert api.get("/v1/schedules").json() == {"schedules": {"büro nord": "closed"}}
    assert api.ask("DELETE", path, BEARER).status_code == 204
    assert api.ask("DELETE", path, BEARER).status_code == 204
    assert api.fleet.overridden == {}
    assert "closed" in problem(api.ask("PUT", path, BEARER, json={"state": "shut"}), 422)


def test_a_reload_names_the_faults_of_the_project(api: Api) -> None:
    assert api.post("/v1/reload").status_code == 204
    api.fleet.faults = ["menu.yaml:3:1: no such state: 'sale'"]
    answer = api.post("/v1/reload")
    assert problem(answer, 422).startswith("the project has faults")
    assert answer.json()["faults"] == api.fleet.faults


def test_one_reload_at_a_time(api: Api) -> None:
    async def both() -> list[int]:
        begun, finish = asyncio.Event(), asyncio.Event()

        async def reload() -> list[str]:
            begun.set()
            await finish.wait()
            return []

        api.fleet.reload = reload  # type: ignore[method-assign]
        transport = httpx.ASGITransport(api.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://ivr", headers=BEARER
        ) as client:
            first = asyncio.create_task(client.post("/v1/reload"))
            await begun.wait()
            second = await client.post("/v1/reload")
            finish.set()
            return [(await first).status_code, second.status_code]

    assert asyncio.run(both()) == [204, 409]


def test_health_needs_no_token(api: Api) -> None:
    assert api.ask("GET", "/live").json() == {"status": "live"}
    assert api.ask("GET", "/ready").json() == {"status": "ready"}
    head = api.ask("HEAD", "/ready")
    assert head.status_code == 200
    api.fleet.is_ready = False
    assert problem(api.ask("GET", "/ready"), 503) == "no worker is ready"
    assert api.ask("GET", "/live").status_code == 200


def test_metrics_are_guarded_where_that_is_wanted(api: Api) -> None:
    assert api.ask("GET", "/metrics").headers["Content-Type"].startswith("text/plain")
    guarded = Api(guard_metrics=True)
    assert guarded.ask("GET", "/metrics").status_code == 401
    assert "ivr_calls_live" in guarded.get("/metrics").text


@pytest.mark.parametrize("path", ["/", "/v1/call", "/v1/calls/", "/v1/calls/a/b/c", "/docs"])
def test_an_unknown_path(api: Api, path: str) -> None:
    problem(api.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/live", {"GET", "HEAD"}),
        ("GET", f"/v1/calls/{CALL}/move", {"POST"}),
        ("POST", "/v1/schedules/a", {"GET", "HEAD", "PUT", "DELETE"}),
    ],
)
def test_a_wrong_method(api: Api, method: str, path: str, allowed: set[str]) -> None:
    answer = api.ask(method, path, BEARER)
    problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 4000, 400),
        (b"{}", 422),
        (b'["state"]', 422),
        (b'{"state": 1}', 422),
        (b'{"state": ""}', 422),
        (b'{"state": "a", "prompt": "b"}', 422),
        (b'{"state": "%s"}' % (b"x" * 101), 422),
        (b" " * 5000, 413),
    ],
)
def test_a_bad_body(api: Api, body: bytes, status: int) -> None:
    headers = BEARER | {"Content-Type": "application/json; charset=utf-8"}
    problem(api.ask("POST", f"/v1/calls/{CALL}/move", headers, content=body), status)
    assert api.fleet.told == []


def test_a_body_that_is_cut_off(api: Api) -> None:
    sent: list[Any] = []
    parts = iter(
        [
            {"type": "http.request", "body": b'{"sta', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(api.app(scope("POST", f"/v1/calls/{CALL}/move"), receive, send))
    assert sent[0]["status"] == 400 and api.fleet.told == []


def test_a_body_that_is_not_said_to_be_json(api: Api) -> None:
    answer = api.ask("POST", f"/v1/calls/{CALL}/move", BEARER, data={"state": "menu"})
    assert problem(answer, 415) == "send Content-Type: application/json"


def test_a_crash_is_told_without_its_inside(api: Api) -> None:
    def broken() -> Any:
        raise RuntimeError("the secret of the inside")

    api.fleet.calls = broken  # type: ignore[method-assign]
    assert "secret" not in problem(api.get("/v1/calls"), 500)


def test_the_document_describes_every_route(api: Api) -> None:
    document = api.ask("GET", "/openapi.json").json()
    assert document["openapi"] == "3.1.0" and document["info"]["version"] == "1.2.3"
    described = {
        (path, method.upper()) for path, item in document["paths"].items() for method in item
    }
    routes = [route for route in api.app.routes if isinstance(route, Route)]
    routed = {(route.path, method) for route in routes for method in route.methods or ()}
    assert {each for each in routed if each[1] != "HEAD"} == described | {("/openapi.json", "GET")}
    move = document["paths"]["/v1/calls/{id}/move"]["post"]
    assert move["operationId"] == "move_call" and move["security"] == [{"token": []}]
    assert sorted(move["responses"]) == ["202", "400", "401", "404", "413", "415", "422", "429"]

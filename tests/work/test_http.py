"""Requests of flows, to a web service of the test's own."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine.values import Secret
from ivr.work.hosts import Hosts, resolve
from ivr.work.http import Http
from ivr.work.job import Failed, TooSlow

from .conftest import Request, Service

HERE = ("127.0.0.1",)


def job(*answers: str, names: tuple[str, ...] = (), private: tuple[str, ...] = HERE) -> Http:
    """Looks names up in a book of the test's: *answers*, the last one again and again."""
    book = list(answers or HERE)

    def look_up(host: str, port: int) -> list[str]:
        return [book.pop(0) if len(book) > 1 else book[0]]

    return Http(Hosts(names, private, look_up), pause=lambda seconds: None, chance=lambda: 1.0)


def order(url: str, method: str = "GET", **others: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "headers": {},
        "body": None,
        "auth": None,
        "retries": 2,
        "idempotency_key": "",
    }
    return {**nothing, "method": method, "url": url, **others}


def refused(found: Http, *what: Any, **others: Any) -> Failed:
    with pytest.raises(Failed) as caught:
        found(order(*what, **others), 5)
    return caught.value


def test_json_comes_back_with_exact_numbers(service: Service) -> None:
    body = b'{"sum": 1.10, "n": 3, "ok": true, "no": null, "items": [{"name": "\xc3\x84da"}]}'
    service.replies = [lambda request: request.answer(body=body, X_Kind="a")]
    found = job()(order(f"{service.url}/x?y=%20"), 5)
    assert found["status"] == 200
    assert found["body"] == {
        "sum": Decimal("1.10"), "n": 3, "ok": True, "no": None, "items": [{"name": "Äda"}]
    }  # fmt: skip
    assert found["headers"]["x_kind"] == "a"
    [request] = service.seen
    assert (request.path, request.headers["Host"]) == ("/x?y=%20", service.url[7:])
    assert request.headers["Accept-Encoding"] == "identity"


def test_what_is_sent(service: Service) -> None:
    body = {"sum": Decimal("1.50"), "exact": Decimal("0.10000000000000000000001"), "n": [1, None]}
    job()(
        order(
            service.url, "POST", body=body, headers={"X-Token": "x"}, auth=["ivr", "sesame"],
            idempotency_key="call-1",
        ),
        5,
    )  # fmt: skip
    [request] = service.seen
    exact = "0.10000000000000000000001"
    assert json.loads(request.body) == {"sum": 1.5, "exact": exact, "n": [1, None]}
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"] == "call-1"
    assert request.headers["X-Token"] == "x"
    basic = b64encode(b"ivr:sesame").decode()
    assert request.headers["Authorization"] == f"Basic {basic}"


def test_a_text_is_sent_as_it_is(service: Service) -> None:
    job()(order(service.url, "PUT", body="ä", headers={"Content-Type": "text/x"}), 5)
    assert service.seen[0].body == "ä".encode()
    assert service.seen[0].headers["Content-Type"] == "text/x"


@pytest.mark.parametrize(
    ("content", "kind", "body"),
    [
        ("ä".encode("latin-1"), "text/plain; charset=latin-1", "ä"),
        ("ä".encode(), "text/plain; charset=klingon", "ä"),
        (b"\xff\xfe\x00", "image/png", "��\0"),
        (b'"x"', "application/problem+json; a=b", "x"),
        (b"", "application/json", None),
    ],
)
def test_a_body_is_read_by_its_type(service: Service, content: bytes, kind: str, body: Any) -> None:
    service.replies = [lambda request: request.answer(body=content, kind=kind)]
    assert job()(order(service.url), 5)["body"] == body


def test_an_answer_that_says_failed_has_its_value(service: Service) -> None:
    service.replies = [lambda request: request.answer(404, b'{"error": "unknown"}')]
    error = refused(job(), service.url)
    assert str(error) == "404 Not Found"
    assert (error.value["status"], error.value["body"]) == (404, {"error": "unknown"})


def test_an_error_whose_body_is_garbage_is_that_error(service: Service) -> None:
    service.replies = [lambda request: request.answer(500, b"<html>")]
    assert str(refused(job(), service.url)) == "500 Internal Server Error"


@pytest.mark.parametrize(
    "body", [b"{", b"NaN", b"[1e999999999]x", b"\xff", b"[" * 100_000, b"1" * 9999]
)
def test_garbage_is_failed(service: Service, body: bytes) -> None:
    service.replies = [lambda request: request.answer(body=body)]
    assert str(refused(job(), service.url)) == "what came is no JSON"


def test_more_than_anyone_needs_is_failed(service: Service) -> None:
    service.replies = [lambda request: request.answer(body=b"x" * 1_100_000)]
    assert str(refused(job(), service.url)) == "more came than 1,000,000 bytes"


def test_what_is_not_http_is_failed(service: Service) -> None:
    def garbage(request: Request) -> None:
        request.wfile.write(b"\0\1\2\r\n\r\n")

    service.replies = [garbage]
    assert "crm.example" in str(refused(job(), service.url))


def test_nobody_there(service: Service) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://crm.example:{free.getsockname()[1]}"
        assert "refused" in str(refused(job(), url)).lower()


# -- time -------------------------------------------------------------------------------------


def test_a_service_that_says_nothing_is_too_slow(service: Service) -> None:
    service.replies = [service.hangs]
    with pytest.raises(TooSlow):
        job()(order(service.url), 0.2)


def test_a_service_that_drips_is_too_slow(service: Service) -> None:
    def drip(request: Request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not service.closing.wait(0.02):
            try:
                request.wfile.write(b"X: y\r\n")
            except OSError:
                return

    service.replies = [drip]
    with pytest.raises(TooSlow):
        job()(order(service.url), 0.3)


# -- again ------------------------------------------------------------------------------------


def statuses(*codes: int) -> list[Callable[[Request], None]]:
    return [lambda request, code=code: request.answer(code) for code in codes]  # type: ignore[misc]


def test_what_passes_is_tried_again(service: Service) -> None:
    service.replies = statuses(503, 502, 200)
    assert job()(order(service.url), 5)["status"] == 200
    assert len(service.seen) == 3


def test_not_for_ever(service: Service) -> None:
    service.replies = statuses(503)
    assert str(refused(job(), service.url, retries=1)) == "503 Service Unavailable"
    assert len(service.seen) == 2


def test_a_post_is_not_tried_again_unless_it_has_a_key(service: Service) -> None:
    service.replies = statuses(503)
    refused(job(), service.url, "POST")
    assert len(service.seen) == 1
    refused(job(), service.url, "POST", idempotency_key="call-1")
    assert len(service.seen) == 4
    assert {request.headers["Idempotency-Key"] for request in service.seen[1:]} == {"call-1"}


def test_an_attempt_for_which_no_time_is_left_is_not_made(service: Service) -> None:
    service.replies = statuses(503)
    with pytest.raises(TooSlow):
        job()(order(service.url), 0.2)


def test_each_pause_is_longer_and_drawn_by_lot(service: Service) -> None:
    pauses: list[float] = []
    service.replies = statuses(503)
    hosts = Hosts((), HERE, lambda host, port: list(HERE))
    with pytest.raises(Failed):
        Http(hosts, pause=pauses.append, chance=lambda: 0.0)(order(service.url, retries=3), 9)
    assert pauses == pytest.approx([0.1, 0.2, 0.4])


# -- whom -------------------------------------------------------------------------------------


def moved(url: str, code: int = 302) -> Callable[[Request], None]:
    return lambda request: request.answer(code, Location=url)


def test_a_redirect_on_the_same_host_is_followed(service: Service) -> None:
    service.replies = [moved("/there"), lambda request: request.answer(body=b"1")]
    assert job()(order(service.url), 5)["body"] == 1
    assert service.seen[1].path == "/there"


@pytest.mark.parametrize("url", ["http://evil.example/", "http://crm.example:1/", "//evil.example"])
def test_a_redirect_to_another_host_is_not(service: Service, url: str) -> None:
    service.replies = [moved(url)]
    assert "redirects to another host" in str(refused(job(), service.url))
    assert len(service.seen) == 1


def test_redirects_without_end(service: Service) -> None:
    service.replies = [moved("/again")]
    assert str(refused(job(), service.url)) == "more than 5 redirects"


def test_only_hosts_on_the_list_are_asked(service: Service) -> None:
    found = job(names=("*.crm.example", "crm.example"))
    assert found(order(service.url), 5)["status"] == 200
    assert "evil.example may not be asked" in str(refused(found, "http://evil.example/"))
    assert "xcrm.example may not" in str(refused(found, "http://xcrm.example/"))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "::1", "fe80::1%1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::127.0.0.1", "::", "fec0::1",
    ],
)  # fmt: skip
def test_a_private_address_is_not_connected_to(address: str) -> None:
    error = refused(job(address, private=()), "http://crm.example:9/")
    assert "a private address" in str(error)


@pytest.mark.parametrize("address", ["64:ff9b::808:808", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_one_in_each_of_its_forms(address: str) -> None:
    assert Hosts(look_up=lambda host, port: [address]).addresses("dns.example", 53) == [address]


def test_a_private_network_may_be_allowed(service: Service) -> None:
    assert job(private=("10.0.0.0/8", "127.0.0.0/8"))(order(service.url), 5)["status"] == 200
    assert "private" in str(refused(job(private=("10.0.0.0/8", "::1/128")), service.url))


def test_a_name_that_means_something_else_a_moment_later_is_judged_again(service: Service) -> None:
    """DNS rebinding: public when it is looked at, private when it is connected to."""
    service.replies = statuses(503)
    found = job("127.0.0.1", "169.254.169.254")
    assert "169.254.169.254, a private address" in str(refused(found, service.url))
    assert len(service.seen) == 1


def test_an_address_in_the_url_is_judged_as_well(service: Service) -> None:
    found = Http(Hosts(look_up=resolve))
    for host in ("127.0.0.1", "2130706433", "0x7f.1"):
        assert "private" in str(refused(found, f"http://{host}:{service.server_port}/", retries=0))
    assert not service.seen


def test_no_proxy_of_the_environment_is_asked(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert job()(order(service.url), 5)["status"] == 200


# -- what may not be sent ---------------------------------------------------------------------


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "ä", "\0"])
def test_a_header_is_one_line_of_ascii(service: Service, value: str) -> None:
    assert "X-A" in str(refused(job(), service.url, headers={"X-A": value}))
    assert not service.seen


def test_a_url_that_is_none(service: Service) -> None:
    assert str(refused(job(), "http://crm.example:x/")) == "no such URL"


def test_a_password_that_comes_back_is_a_secret(service: Service) -> None:
    service.replies = [
        lambda request: request.answer(
            body=json.dumps({"sent": request.headers["Authorization"]}).encode()
        )
    ]
    sent = job()(order(service.url, auth=["ivr", "sesame"]), 5)["body"]["sent"]
    assert isinstance(sent, Secret)

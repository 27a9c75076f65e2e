"""Requests: to hosts that may be asked, within their time, again where that does no harm."""

from __future__ import annotations

import logging
import random
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import certifi
import httpcore
import httpx

from .hosts import Guarded, Hosts
from .job import Deadline, Failed, Order, TooSlow
from .plain import LARGEST, from_json, to_json
from .secrecy import veiled

IDEMPOTENT = ("GET", "HEAD", "PUT", "DELETE")  # RFC 9110 9.2.2
PASSING = (429, 502, 503, 504)  # another attempt may find it better
FIRST_PAUSE = 0.2  # seconds; twice as many each further time
MOST_REDIRECTS = 5
AGENT = "ivr"

# They write down what is asked for, and headers, with whatever is in them.
for chatty in ("httpx", "httpcore"):
    logging.getLogger(chatty).setLevel(logging.WARNING)


class Http:
    """The job ``http``.  *pause* and *chance* are for attempts that follow another."""

    def __init__(
        self,
        hosts: Hosts,
        *,
        pause: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._hosts = hosts
        self._pause = pause
        self._chance = chance
        self._tls = ssl.create_default_context()  # the machine's own, too: a private authority
        self._tls.load_verify_locations(certifi.where())

    def __call__(self, order: Order, seconds: float) -> dict[str, Any]:
        """See the verb `http`.  Raises `Failed` for an answer of 400 and more, with its value."""
        request, basic = _request(order)
        answer = self.fetch(request, Deadline(seconds), _retries(order))
        found: dict[str, Any] = veiled(answer, basic)
        if found["status"] >= 400:
            raise Failed(_status(found["status"]), found)
        return found

    def fetch(self, request: httpx.Request, deadline: Deadline, retries: int) -> dict[str, Any]:
        """What comes of *request* in the end.  Raises `Failed` and `TooSlow`."""
        for attempt in range(retries + 1):
            wrong, answer = "", None
            try:
                answer = self._attempt(request, deadline)
            except httpx.TimeoutException:
                raise TooSlow from None
            except httpx.TransportError as error:
                wrong = f"{request.url.host}: {error}" if str(error) else type(error).__name__
            if answer is not None and (answer["status"] not in PASSING or attempt == retries):
                return answer
            if attempt < retries:
                pause = FIRST_PAUSE * 2**attempt * (0.5 + self._chance() / 2)
                if pause >= deadline.left:
                    raise TooSlow
                self._pause(pause)
        raise Failed(wrong)

    def _attempt(self, request: httpx.Request, deadline: Deadline) -> dict[str, Any]:
        with httpx.Client(
            transport=Transport(self._hosts, deadline, self._tls), trust_env=False
        ) as client:
            for _ in range(MOST_REDIRECTS + 1):
                self._hosts.require(request.url.host)
                response = client.send(request, stream=True, follow_redirects=False)
                if response.next_request is None:
                    return _answer(response)
                stay(request.url, response.next_request.url)
                request = response.next_request
                response.close()
        raise Failed(f"more than {MOST_REDIRECTS} redirects")


class Transport(httpx.HTTPTransport):
    """Over connections of our own; httpx has no other door for these."""

    def __init__(self, hosts: Hosts, deadline: Deadline, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, network_backend=Guarded(hosts, deadline), max_connections=1
        )


def stay(here: httpx.URL, there: httpx.URL) -> None:
    """Raise `Failed` where a redirect leads to another host, or out of TLS."""
    port = here.port if there.scheme == here.scheme else None
    if there.host != here.host or there.port != port or there.scheme < here.scheme:
        raise Failed(f"it redirects to another host, {there.scheme}://{there.host}")


def _retries(order: Order) -> int:
    harmless = order["method"] in IDEMPOTENT or order["idempotency_key"]
    return order["retries"] if harmless else 0


def _request(order: Order) -> tuple[httpx.Request, list[str]]:
    """The request, and what it has in it that is as secret as a password."""
    headers = httpx.Headers({"User-Agent": AGENT, "Accept": "application/json, */*;q=0.5"})
    # Decompressing would make much of little.
    headers["Accept-Encoding"] = "identity"
    content, basic = b"", list[str]()
    match order["body"]:
        case None:
            pass
        case str() as text:
            content, headers["Content-Type"] = text.encode(), "text/plain; charset=utf-8"
        case value:
            content, headers["Content-Type"] = to_json(value), "application/json"
    if order["idempotency_key"]:
        headers["Idempotency-Key"] = _header("Idempotency-Key", order["idempotency_key"])
    if order["auth"]:
        user, password = order["auth"]
        basic.append(b64encode(f"{user}:{password}".encode()).decode())
        headers["Authorization"] = f"Basic {basic[0]}"
    for name, value in order["headers"].items():
        headers[name] = _header(name, str(value))
    return request_of(order["method"], order["url"], headers, content), basic


def request_of(
    method: str, url: str, headers: httpx.Headers | dict[str, str], content: bytes
) -> httpx.Request:
    """A request.  Raises `Failed` for what is no URL."""
    try:
        return httpx.Request(method, url, headers=headers, content=content or None)
    except (httpx.InvalidURL, ValueError):
        raise Failed("no such URL") from None


def _header(name: str, value: str) -> str:
    """*value*, if it may stand in a header.  Raises `Failed`."""
    if not value.isascii() or not value.isprintable():
        raise Failed(f"{name}: only printable ASCII may stand in a header")
    return value.strip()


def _answer(response: httpx.Response) -> dict[str, Any]:
    """Status, headers and body.  Raises `Failed` where the body is too large, or no JSON."""
    content = bytearray()
    try:
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > LARGEST:
                raise Failed(f"more came than {LARGEST:,} bytes", {"status": response.status_code})
    finally:
        response.close()
    headers = {name.lower(): value for name, value in response.headers.items()}
    answer = {"status": response.status_code, "headers": headers, "body": None}
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (kind == "application/json" or kind.endswith("+json")):
        answer["body"] = _text(bytes(content), response.charset_encoding or "utf-8")
    elif content and response.request.method != "HEAD":
        try:
            answer["body"] = from_json(bytes(content))
        except Failed as error:
            if response.is_success:
                raise Failed(str(error), answer) from None
    return answer


def _text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, "replace")
    except LookupError:  # none that is known
        return content.decode("utf-8", "replace")


def _status(code: int) -> str:
    return f"{code} {httpx.codes.get_reason_phrase(code)}".strip()

"""Ask a web service."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from ..answers import conclude
from ..call import Call
from ..errors import FlowError
from ..urls import check_url
from ..verb import (
    NO_HEADERS,
    Arguments,
    AskedUrl,
    Doc,
    Into,
    Plain,
    Range,
    Result,
    SecretText,
    TemplateText,
    verb,
)
from ..work import WhileWaiting, WorkSeconds, work

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
Retries = Annotated[int, Range(0, 5)]

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110 5.6.2


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """A user and his password."""

    user: Annotated[SecretText, Doc("name of the user")]
    password: Annotated[SecretText, Doc("such as {{ secrets.crm }}")]


def _check(arguments: Arguments) -> str:
    for name in arguments.get("headers", ()):
        if not _HEADER.fullmatch(name):
            return f"{name!r} is no name of a header; expected such as Accept"
        if name.lower() == "authorization" and arguments.get("basic_auth"):
            return "basic_auth is sent as the header Authorization; leave one of the two out"
    return ""


@verb("http", ("ok", "failed", "timeout"), goes_on="ok", check=_check, after_call=True)
async def http(
    call: Call,
    url: Annotated[AskedUrl, Doc("where; what is filled in is percent-encoded")],
    method: Annotated[Method, Doc("what to do there")] = "GET",
    headers: Annotated[Mapping[str, SecretText], Doc("headers of the request")] = NO_HEADERS,
    body: Annotated[
        Plain, Doc("what is sent: pairs and lists as JSON, a text as it is; secrets may be in it")
    ] = None,
    basic_auth: Annotated[BasicAuth | None, Doc("a user and his password")] = None,
    into: Annotated[
        Into, Doc("variable: path in `status`, `headers` and `body`, such as body.items[0].name")
    ] = NO_HEADERS,
    seconds: Annotated[WorkSeconds, Doc("time for it, with all its attempts")] = 5.0,
    retries: Annotated[Retries, Doc("further attempts, where a second one does no harm")] = 2,
    idempotency_key: Annotated[
        TemplateText, Doc("sent as Idempotency-Key, so that a POST may have further attempts, too")
    ] = "",
    while_waiting: Annotated[WhileWaiting | None, Doc("what the caller hears meanwhile")] = None,
    sensitive: Annotated[bool, Doc("what comes of it is secret: masked wherever it shows")] = False,
) -> Result:
    """Send a request, and take what is needed of the answer into variables.

    `failed`: no answer, or one that says so (400 and more); `code` is its status, and `into` is
    filled from it all the same.  Where a path leads to nothing, its variable is as it is at first:
    its default, or unset.  Further attempts are made of GET, HEAD, PUT and DELETE, and of what has
    a key.
    """
    order = {
        "method": method,
        "url": request_address(call, url),
        "headers": call.filled(headers),
        "body": call.filled(body),
        "auth": basic_auth and [call.filled(basic_auth.user), call.filled(basic_auth.password)],
        "retries": retries,
        "idempotency_key": call.text(idempotency_key),
    }
    done = await work(call, "http", order, seconds, while_waiting, secret=sensitive)
    answer = done.value if isinstance(done.value, Mapping) else {}
    status = answer.get("status")
    code = status if isinstance(status, int) else 0
    return conclude(call, "http", done, answer, into, code=code, sensitive=sensitive)


def request_address(call: Call, url: str) -> str:
    """*url* with what is filled in.  Raises `FlowError` where a caller could say whom to ask."""
    try:
        check_url(url)
    except ValueError as error:
        raise FlowError(str(error)) from None
    return call.address(url)

"""Telling somebody: a signed webhook, or a mail."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import Any

from .http import AGENT, Http, request_of
from .job import Deadline, Failed, Order
from .mail import Mail
from .plain import to_json


def signature(secret: bytes, body: bytes, at: int) -> str:
    """The value of ``IVR-Signature``, as records have it: of *body*, sent at *at* (since 1970)."""
    digest = hmac.new(secret, b"%d.%s" % (at, body), "sha256").hexdigest()
    return f"t={at},v1={digest}"


class Notify:
    """The job ``notify``; without a *mail* there is no server for mails."""

    def __init__(
        self, http: Http, mail: Mail | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        self._http = http
        self._mail = mail
        self._wall = wall

    def __call__(self, order: Order, seconds: float) -> Any:
        """See the verb `notify`; returns the webhook's status.  Raises `Failed` and `TooSlow`."""
        if "mail" not in order:
            return self._webhook(order, seconds)
        if self._mail is None:
            raise Failed("the settings have no mail server; see work.mail")
        return self._mail.send(order["mail"], seconds)

    def _webhook(self, order: Order, seconds: float) -> int:
        body = to_json(order["body"])
        headers = {
            "User-Agent": AGENT,
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": order["key"],
            "IVR-Signature": signature(order["secret"].encode(), body, int(self._wall())),
        }
        request = request_of("POST", order["webhook"], headers, body)
        status: int = self._http.fetch(request, Deadline(seconds), order["retries"])["status"]
        if status >= 300:
            raise Failed(f"it answered {status}", status)
        return status
